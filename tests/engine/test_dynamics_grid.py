"""The theta grid: Radau elements, quadrature, derivative, interpolation."""

import numpy as np
import pytest

from engine._kernels.dynamics_flow import NODES
from engine.dynamics.grid import ThetaGrid, theta_grid
from engine.dynamics.interpolation import interpolate, stencils
from engine.dynamics.radau import radau_element

S = NODES - 1


def test_radau_points_of_two_are_the_textbook_ones():
    element = radau_element(2)
    np.testing.assert_allclose(element.nodes, [-1, 1 / 3, 1], atol=1e-15)
    np.testing.assert_allclose(element.quadrature, [0.5, 1.5], atol=1e-15)


@pytest.mark.parametrize("degree", range(2 * S + 1))
def test_radau_quadrature_is_exact_up_to_degree_2s_minus_2_and_no_further(degree):
    element = radau_element(S)
    exact = (1 - (-1) ** (degree + 1)) / (degree + 1)
    error = abs(element.quadrature @ element.nodes[:-1] ** degree - exact)
    if degree <= 2 * S - 2:
        assert error < 1e-13  # the roots are found to 1e-14
    elif degree == 2 * S - 1:
        assert error > 1e-7


@pytest.mark.parametrize("degree", range(S + 1))
def test_radau_derivative_is_exact_for_its_polynomials(degree):
    element = radau_element(S)
    derivative = element.derivative @ element.nodes**degree
    exact = degree * element.nodes[:-1] ** max(degree - 1, 0)
    np.testing.assert_allclose(derivative, exact, atol=1e-12)


@pytest.mark.parametrize(("n_elements", "extent"), [(2, 1.0), (5, 3.0), (14, 10.0), (27, 14.0)])
def test_transport_has_no_growing_mode(n_elements, extent):
    """The upwind elements are stable; centred differences on this grid have eigenvalues up to +1400."""
    transport = ThetaGrid.build(n_elements, extent).transport()[:-1, :-1]
    blocks = [slice(e * S, (e + 1) * S) for e in range(n_elements)]
    below = np.tril(transport, -S)
    assert not np.any(below)  # block upper triangular, so the blocks' eigenvalues are all there are
    # eigenvalues of each block by itself: those of the whole are hopelessly non-normal to compute
    largest = max(np.linalg.eigvals(transport[block, block]).real.max() for block in blocks)
    assert largest < 1e-12


@pytest.mark.parametrize("power", range(1, 6))
def test_transport_differentiates_powers(power):
    grid = ThetaGrid.build(12, 8.0)
    error = grid.transport()[:-1] @ grid.theta**power - power * grid.theta[:-1] ** power
    assert np.max(np.abs(error)) < 1e-5 * power


def test_theta_and_its_complement_are_accurate_at_both_ends():
    grid = ThetaGrid.build(20, 14.0)
    assert grid.theta[0] == 0
    assert grid.x[0] == 1
    assert grid.theta[-1] == 1
    assert grid.x[-1] == 0
    np.testing.assert_allclose(grid.theta + grid.x, 1, atol=1e-15)
    assert np.all(np.diff(grid.theta) > 0)
    # spacing at both ends is about a tenth of e^-U
    assert grid.theta[1] < 0.15 * np.exp(-14)
    assert grid.x[-2] < 0.15 * np.exp(-14)


@pytest.mark.parametrize("layer", [1.0, 1e-2, 1e-4])
def test_quadrature_resolves_a_layer_at_either_end(layer):
    grid = ThetaGrid.build(14, np.log(1e4 / 0.5))
    exact = layer * -np.expm1(-1 / layer)
    # the grid's own resolution is 5e-5: a layer of 1e-4 is the thinnest it is meant for
    assert grid.weights @ np.exp(-grid.theta / layer) == pytest.approx(exact, rel=2e-5)
    assert grid.weights @ np.exp(-grid.x / layer) == pytest.approx(exact, rel=2e-5)
    assert grid.weights[-1] == 0
    assert grid.weights.sum() == pytest.approx(1, abs=1e-14)


def interpolation_error(n_elements):
    grid = ThetaGrid.build(n_elements, 6.0)
    theta = np.linspace(0, 1, 1001)
    start, weights = grid.interpolation(theta, 1 - theta)
    values = np.cos(5 * grid.theta)[start[:, None] + np.arange(NODES)]
    return np.max(np.abs((values * weights).sum(axis=1) - np.cos(5 * theta)))


def test_interpolation_has_order_eight():
    coarse, fine = interpolation_error(8), interpolation_error(16)
    assert fine < 1e-6
    assert np.log2(coarse / fine) > 7


def test_interpolation_at_the_nodes_is_the_nodes():
    grid = ThetaGrid.build(6, 5.0)
    start, weights = grid.interpolation(grid.theta, grid.x)
    values = (grid.theta[start[:, None] + np.arange(NODES)] * weights).sum(axis=1)
    np.testing.assert_allclose(values, grid.theta, atol=1e-14)


def test_tables_hold_what_they_say():
    grid, tables = theta_grid(5, 4.0)
    theta, x = grid.theta, grid.x
    rho = theta + x * theta[:, None]
    nodes = np.arange(NODES)
    for start, weight, target in (
        (tables.start_rho, tables.weight_rho, rho),
        (tables.start_product, tables.weight_product, np.outer(theta, theta)),
    ):
        np.testing.assert_allclose((theta[start[..., None] + nodes] * weight).sum(-1), target, atol=1e-7)
    np.testing.assert_allclose(np.exp(tables.log_theta[1:]), theta[1:], rtol=1e-13)
    np.testing.assert_allclose(np.exp(tables.log_rho[1:]), rho[1:], rtol=1e-13)


def test_tables_are_shared_and_cannot_be_written():
    first, again = theta_grid(5, 4.0)[1], theta_grid(5, 4.0)[1]
    assert first is again
    with pytest.raises(ValueError, match="read-only"):
        first.theta[0] = 1.0


def test_large_grids_are_not_kept():
    assert theta_grid(40, 4.0)[1] is not theta_grid(40, 4.0)[1]


def test_rows_are_interpolated_exactly_up_to_degree_five():
    knots = np.cumsum(np.linspace(0.5, 1.5, 12))
    at = np.linspace(knots[0], knots[-1], 77)
    values = np.stack([knots**degree for degree in range(6)], axis=1)
    exact = np.stack([at**degree for degree in range(6)], axis=1)
    np.testing.assert_allclose(interpolate(knots, values, at), exact, rtol=1e-10)


def test_stencils_are_centred_inside_and_one_sided_at_the_ends():
    first, weights = stencils(np.arange(20.0), np.array([0.5, 10.5, 18.5]))
    assert first.tolist() == [0, 8, 14]
    np.testing.assert_allclose(weights.sum(axis=1), 1, atol=1e-14)
