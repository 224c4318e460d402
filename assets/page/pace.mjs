// How Play walks: by what is seen to change, not by the clock of the flow. A pace is a list of moments at equal
// distances along the drawn curve; a share is how much of it lies behind, from 0 to 1.
const EVEN = [0, 1];

const paceOf = (pace) => (pace && pace.length > 1 ? pace : EVEN);

export function momentAt(share, pace) {
  const steps = paceOf(pace);
  const at = Math.min(1, Math.max(0, share)) * (steps.length - 1);
  const k = Math.min(Math.floor(at), steps.length - 2);
  return steps[k] + (at - k) * (steps[k + 1] - steps[k]);
}

export function shareOf(moment, pace) {
  const steps = paceOf(pace);
  const next = steps.findIndex((step) => step > moment);
  if (next < 0) return 1;
  if (next === 0) return 0;
  const [low, high] = [steps[next - 1], steps[next]];
  return (next - 1 + (moment - low) / (high - low)) / (steps.length - 1);
}

// the moment one step on or back
export function stepped(moment, by, pace) {
  const count = paceOf(pace).length > 2 ? pace.length - 1 : 50;
  const at = shareOf(moment, pace) * count;
  const whole = by > 0 ? Math.floor(at + 1e-6) + by : Math.ceil(at - 1e-6) + by;
  return momentAt(whole / count, pace);
}
