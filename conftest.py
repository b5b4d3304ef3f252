"""Set up what every test session shares."""

from hypothesis import settings

pytest_plugins = ("pytester",)

# The same examples in every run, so that a failure is never news of yesterday's code; and no
# deadline, because the first example of a session pays for importing torch.
settings.register_profile("visunn", deadline=None, derandomize=True)
settings.load_profile("visunn")
