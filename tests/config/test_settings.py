"""The configuration: where it is found, how its sources are laid over each other, what it refuses."""

from dataclasses import dataclass
from pathlib import Path

import pytest

from visunn_lint.checking import check_settings
from visunn_lint.config import ModelSettings, Settings, decode_options, find_config, load_settings
from visunn_lint.errors import ConfigError
from visunn_lint.finding import Severity
from visunn_lint.spec import InputSpec


def _load(start: Path, *config: str, **environ: str) -> Settings:
    return load_settings(start, config=config, environ=environ)


def _problem(start: Path, *config: str, **environ: str) -> tuple[str, str]:
    with pytest.raises(ConfigError) as caught:
        _load(start, *config, **environ)
    return caught.value.message.replace(f"{start}/", ""), caught.value.hint


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Return the folder of a project with a pyproject.toml of its own."""
    (tmp_path / "pyproject.toml").write_text('[tool.visunn]\nselect = ["VIS1"]\nfail-on = "error"\n')
    return tmp_path


def test_defaults_when_nothing_is_configured(tmp_path: Path) -> None:
    """Without any source, every setting has its default and the root is the folder itself."""
    (tmp_path / ".git").mkdir()
    assert _load(tmp_path) == Settings(root=tmp_path)


def test_every_key_reaches_its_field(tmp_path: Path) -> None:
    """A visunn.toml with every key is read into the field of each."""
    (tmp_path / "visunn.toml").write_text(
        """
        select = ["VIS1"]
        extend-select = ["VIS301"]
        ignore = ["VIS110"]
        extend-ignore = ["aliased-module"]
        fail-on = "info"
        preview = true
        include-installed = true
        exclude = ["old/*"]
        [per-module-ignores]
        "backbone.*" = ["VIS101"]
        [rules.unexpected-module]
        deny = ["BatchNorm*"]
        [models.net]
        target = "model.py::Net"
        inputs = "b x 3 x 32 x 32"
        kwargs = { scale = 2.0 }
        modes = ["eval"]
        loss = "torch.nn.CrossEntropyLoss"
        shapes = { fc = "b 512 -> b 10" }
        rules.over-budget.parameters = 1000
        """,
    )
    assert _load(tmp_path) == Settings(
        select=("VIS1",),
        extend_select=("VIS301",),
        ignore=("VIS110",),
        extend_ignore=("aliased-module",),
        fail_on=Severity.INFO,
        preview=True,
        include_installed=True,
        exclude=("old/*",),
        per_module_ignores={"backbone.*": ("VIS101",)},
        rule_options={"unexpected-module": {"deny": ["BatchNorm*"]}},
        models={
            "net": ModelSettings(
                target="model.py::Net",
                inputs=InputSpec.parse("b x 3 x 32 x 32"),
                kwargs={"scale": 2.0},
                modes=("eval",),
                loss="torch.nn.CrossEntropyLoss",
                shapes={"fc": "b 512 -> b 10"},
                rule_options={"over-budget": {"parameters": 1000}},
            ),
        },
        root=tmp_path,
    )


def test_a_model_without_a_target_is_its_own(tmp_path: Path) -> None:
    """The name of a model's table stands for its target."""
    settings = _load(tmp_path, 'models."model.py::Net".modes = ["train"]')
    assert settings.models == {"model.py::Net": ModelSettings(target="model.py::Net", modes=("train",))}


@pytest.mark.parametrize(
    ("toml", "spec"),
    [
        ('"2x3x32x32"', "2x3x32x32"),
        ("[2, 3, 32, 32]", "2x3x32x32"),
        ('["2x3", "2x16:int64"]', "2x3, 2x16:int64"),
        ("[[2, 3], [2, 4]]", "2x3, 2x4"),
        ('{ tokens = "2x16:int64", mask = [2, 16] }', "tokens=2x16:int64, mask=2x16"),
    ],
)
def test_inputs_of_a_model_are_specs(tmp_path: Path, toml: str, spec: str) -> None:
    """Inputs are read from a string, a shape, several of them, or a table by parameter name."""
    settings = _load(tmp_path, f"models.net.inputs = {toml}")
    assert str(settings.models["net"].inputs) == spec


# -- where it is found -----------------------------------------------------------------------


def test_found_from_the_target_upward(project: Path) -> None:
    """The nearest configuration above the target is read, whatever the working directory."""
    below = project / "src" / "deep"
    below.mkdir(parents=True)
    target = below / "model.py"
    target.touch()
    assert find_config(target) == project / "pyproject.toml"
    assert _load(target).root == project


def test_a_pyproject_without_a_table_is_passed_by(project: Path) -> None:
    """A pyproject.toml that says nothing of visunn does not end the search."""
    below = project / "package"
    below.mkdir()
    (below / "pyproject.toml").write_text("[project]\nname = 'package'\n")
    assert find_config(below) == project / "pyproject.toml"


def test_visunn_toml_goes_before_pyproject(project: Path) -> None:
    """In one folder, visunn.toml is the one that counts."""
    (project / "visunn.toml").touch()
    assert find_config(project) == project / "visunn.toml"


def test_isolated_reads_no_file(project: Path) -> None:
    """With ``isolated`` the project's file is not read."""
    assert load_settings(project, isolated=True, environ={}) == Settings(root=project)


def test_a_named_file_stands_in_for_the_projects(
    project: Path,
    tmp_path_factory: pytest.TempPathFactory,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """``--config FILE`` is read instead of the file that would be found."""
    named = tmp_path_factory.mktemp("elsewhere") / "ci.toml"
    named.write_text("preview = true")
    monkeypatch.chdir(project)
    assert _load(project, str(named)) == Settings(preview=True, root=project)


# -- which source goes over which -------------------------------------------------------------


def test_flag_over_inline_over_environment_over_project(project: Path) -> None:
    """A flag goes over ``--config``, that over the environment, and that over the project."""
    environ = {"VISUNN_FAIL_ON": "info"}
    assert load_settings(project, environ={}).fail_on is Severity.ERROR
    assert load_settings(project, environ=environ).fail_on is Severity.INFO
    inline = ['fail-on = "warning"']
    assert load_settings(project, environ=environ, config=inline).fail_on is Severity.WARNING
    flags = {"fail-on": "error"}
    assert load_settings(project, environ=environ, config=inline, flags=flags).fail_on is Severity.ERROR


def test_environment_spells_lists_and_booleans(tmp_path: Path) -> None:
    """A list in a variable is split at commas, a boolean is 1, 0, true or false."""
    settings = _load(tmp_path, VISUNN_SELECT="VIS1, VIS301", VISUNN_PREVIEW="1")
    assert (settings.select, settings.preview) == (("VIS1", "VIS301"), True)


def test_extending_adds_and_selecting_starts_afresh(project: Path) -> None:
    """``extend-select`` adds to what lies below, ``select`` drops it."""
    (project / "pyproject.toml").write_text('[tool.visunn]\nextend-select = ["VIS301"]\n')
    extended = _load(project, 'extend-select = ["VIS302"]')
    assert extended.extend_select == ("VIS301", "VIS302")
    chosen = _load(project, 'select = ["VIS1"]')
    assert (chosen.select, chosen.extend_select) == (("VIS1",), ())


def test_inline_text_may_be_longer_than_a_path(tmp_path: Path) -> None:
    """It is never taken for the name of a file."""
    codes = tuple(f"VIS1{number:02}" for number in range(100))
    assert _load(tmp_path, f"select = {list(codes)}").select == codes


def test_inline_tables_are_merged_key_by_key(tmp_path: Path) -> None:
    """One more option of a rule leaves its other options as they were."""
    (tmp_path / "visunn.toml").write_text("[rules.over-budget]\nparameters = 10\ndepth = 3\n")
    settings = _load(tmp_path, "rules.over-budget.depth = 4")
    assert settings.rule_options == {"over-budget": {"parameters": 10, "depth": 4}}


def test_inline_rule_options_go_over_those_of_a_model(tmp_path: Path) -> None:
    """What is said for this run goes over the project's table of a single model."""
    (tmp_path / "visunn.toml").write_text("[models.net.rules.over-budget]\nparameters = 10\ndepth = 3\n")
    settings = _load(tmp_path, "rules.over-budget.depth = 4")
    assert settings.models["net"].rule_options == {"over-budget": {"parameters": 10, "depth": 4}}


# -- what it refuses -------------------------------------------------------------------------


def test_unknown_key_names_line_and_closest_match(tmp_path: Path) -> None:
    """A misspelt key is refused with its file, its line and the key that was meant."""
    text = '[tool.other]\nselct = 1\n\n[tool.visunn]\npreview = true\nselct = ["VIS1"]\n'
    (tmp_path / "pyproject.toml").write_text(text)
    assert _problem(tmp_path) == ("pyproject.toml:6: unknown key `selct`", "did you mean `select`?")


def test_unknown_key_of_a_model_names_its_path(tmp_path: Path) -> None:
    """A misspelt key inside a model's table is named with the whole path to it."""
    (tmp_path / "visunn.toml").write_text('[models.net]\ntarget = "model.py"\ninput = "2x3"\n')
    assert _problem(tmp_path) == ("visunn.toml:3: unknown key `models.net.input`", "did you mean `inputs`?")


def test_wrong_type_names_line_and_type(tmp_path: Path) -> None:
    """A value of another type is refused with what was expected."""
    (tmp_path / "visunn.toml").write_text('preview = true\nselect = "VIS1"\n')
    assert _problem(tmp_path) == ("visunn.toml:2: `select` is wrong: expected an array, got a string", "")


def test_a_word_that_is_no_severity_is_refused(tmp_path: Path) -> None:
    """A word outside the choices is refused with the choices, whatever source it came from."""
    choices = "must be one of error, warning, info, not"
    assert _problem(tmp_path, 'fail-on = "eror"') == (f"--config: `fail-on` {choices} 'eror'", "")
    assert _problem(tmp_path, VISUNN_FAIL_ON="never") == (f"VISUNN_FAIL_ON: `fail-on` {choices} 'never'", "")


def test_an_empty_cache_dir_is_refused(tmp_path: Path) -> None:
    """It would be the project's root itself."""
    (tmp_path / "visunn.toml").write_text('cache-dir = ""')
    hint = "name a folder, or set `cache = false`"
    assert _problem(tmp_path) == ("visunn.toml:1: `cache-dir` is empty", hint)


def test_a_boolean_variable_that_is_none_is_refused(tmp_path: Path) -> None:
    """A variable that should be a boolean and is not is refused."""
    expected = "VISUNN_PREVIEW: `preview` is wrong: expected true or false, got a string"
    assert _problem(tmp_path, VISUNN_PREVIEW="maybe") == (expected, "")


def test_bad_inputs_are_refused_with_their_line(tmp_path: Path) -> None:
    """Inputs that cannot be read are refused where they stand."""
    (tmp_path / "visunn.toml").write_text('[models.net]\ninputs = "2*3"\n')
    message, hint = _problem(tmp_path)
    assert message == "visunn.toml:2: `models.net.inputs`: cannot read the input '2*3'"
    assert hint.startswith("write it like")


def test_a_file_that_is_not_toml_is_refused_with_its_line(tmp_path: Path) -> None:
    """A syntax error is told with file and line."""
    (tmp_path / "visunn.toml").write_text("preview = true\nselect = [}\n")
    assert _problem(tmp_path) == ("visunn.toml:2: Invalid value", "this file is not valid TOML")


def test_config_that_is_neither_file_nor_toml_is_refused(tmp_path: Path) -> None:
    """``--config`` with broken TOML, or with a file that is not there, is refused."""
    assert _problem(tmp_path, "a = ")[0].startswith("--config 'a = ' is neither a file nor TOML")
    assert _problem(tmp_path, "missing.toml")[0] == "cannot read missing.toml: No such file or directory"


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        ('[tool.visunn]\nselect = [\n  "VIS1",\n  "VIS777",\n]', "4: no rule is called `VIS777`", "did you mean `VIS"),
        (
            '[tool.visunn.per-module-ignores]\n"a.*" = ["unused-modul"]',
            "2: no rule is called `unused-modul`",
            "did you mean `unused-module`?",
        ),
        (
            "[tool.visunn.rules.over-budgt]\nparams = 3",
            "1: `rules.over-budgt` sets options of a rule that there is not",
            "did you mean `over-budget`?",
        ),
        (
            "[tool.visunn.rules.over-budget]\n# parms = 3\ndepth = 2\nparms = 3",
            "4: unknown key `rules.over-budget.parms`",
            "did you mean `params`?",
        ),
        (
            '[tool.visunn.models.net]\ntarget = "a.py"\nrules.over-budget.params = "3"',
            "3: `models.net.rules.over-budget.params` is wrong: expected an integer, got a string",
            "",
        ),
    ],
)
def test_rules_and_their_options_are_refused_with_their_line(
    tmp_path: Path, text: str, message: str, hint: str
) -> None:
    """What only the rules can judge is told like any other key."""
    (tmp_path / "pyproject.toml").write_text(text)
    with pytest.raises(ConfigError) as caught:
        load_settings(tmp_path, environ={}, check=check_settings)
    assert caught.value.message.replace(f"{tmp_path}/", "") == f"pyproject.toml:{message}"
    assert caught.value.hint.startswith(hint)


@pytest.mark.parametrize(("key", "name"), [("baseline", "baseline"), ("cache-dir", "cache_dir")])
def test_a_path_is_seen_from_where_it_is_named(
    key: str, name: str, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In a file from the file's folder, elsewhere from the current one."""
    (project / "visunn.toml").write_text(f'{key} = "known"\n')
    (project / "sub").mkdir()
    monkeypatch.chdir(project / "sub")
    variable = {f"VISUNN_{name.upper()}": "known"}
    flag = load_settings(project, environ={}, flags={key: "known"})
    assert [getattr(each, name) for each in (_load(project), _load(project, **variable), flag)] == [
        str(project / "known"),
        str(project / "sub" / "known"),
        str(project / "sub" / "known"),
    ]


# -- options of rules ------------------------------------------------------------------------


@dataclass(frozen=True)
class _Budget:
    max_parameters: int | None = None
    deny: tuple[str, ...] = ()


def test_options_are_decoded_by_field() -> None:
    """Kebab-case options come back by field name, in the types of the fields."""
    raw = {"max-parameters": 10, "deny": ["BatchNorm*"]}
    assert decode_options(("rules", "over-budget"), _Budget, raw) == {"max_parameters": 10, "deny": ("BatchNorm*",)}


def test_an_unknown_option_names_the_closest() -> None:
    """A misspelt option is refused with the one that was meant."""
    with pytest.raises(ConfigError, match=r"^unknown key `rules\.over-budget\.max-parameter`$") as caught:
        decode_options(("rules", "over-budget"), _Budget, {"max-parameter": 10})
    assert caught.value.hint == "did you mean `max-parameters`?"


def test_an_option_of_another_type_is_refused() -> None:
    """An option is decoded strictly: a number is no string, a string no number."""
    with pytest.raises(ConfigError, match=r"`rules\.over-budget\.deny` is wrong at \[0\]: expected a string, got an"):
        decode_options(("rules", "over-budget"), _Budget, {"deny": [1]})
