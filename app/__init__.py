"""The dashboard: what a browser says becomes a `Model`, the engine answers, a figure goes back."""

import os

# small matrices in many threads: more threads inside each only get in the way (read before numpy is loaded)
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
