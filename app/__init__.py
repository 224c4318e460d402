"""The dashboard: what a browser says becomes a `Model`, the engine answers, a figure goes back."""

import os

# small matrices in many threads: more threads inside each only get in the way (read before numpy is loaded)
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

# read by numba, when it is loaded, in its own way: what is empty is unset, ~ is the home folder
for _name in ("HOME", "XDG_CACHE_HOME", "NUMBA_CACHE_DIR"):
    if not os.environ.get(_name, "~").strip():
        del os.environ[_name]
    elif _name != "HOME" and _name in os.environ:
        os.environ[_name] = os.path.expanduser(os.environ[_name])
if os.path.expanduser("~") == "~":  # nobody's home: numba would make a folder of that name where it stands
    os.environ.setdefault("NUMBA_CACHE_LOCATOR_CLASSES", "UserProvidedCacheLocator,InTreeCacheLocator")
