"""Set up what every test session shares."""

import os

from hypothesis import settings

pytest_plugins = ("pytester",)

# The models of the tests are small: more threads cost them more than they give. torch reads this when it is imported.
os.environ.setdefault("OMP_NUM_THREADS", "1")

# The same examples in every run, so that a failure is never news of yesterday's code; and no
# deadline, because the first example of a session pays for importing torch.
settings.register_profile("visunn", deadline=None, derandomize=True)
settings.load_profile("visunn")
