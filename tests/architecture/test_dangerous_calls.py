"""Calls that open a way in are found in the syntax tree: rules of our own beside bandit's."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SOURCES = [*sorted((ROOT / "compliance").rglob("*.py")), ROOT / "app.py"]
TYPED = {"args", "form", "values", "headers", "files", "cookies", "json", "data", "referrer"}
# Marked as safe although it is no constant: drawn by a library that escapes, or escaped here.
DRAWN = {
    "stream.getvalue().decode()",
    "escape(texts[0])",
    "between",
    "','.join((f\"'{typeface.family}'\" for typeface in self.typefaces))",
}
DRAWS = {"compliance/reports/charts.py"}  # every text in a picture is escaped there
SETS_UP_SQLITE = {  # PRAGMA takes no parameter
    "compliance/database/engine.py",
    "compliance/database/schema.py",
}
WRITES_SQL = {"compliance/database/protection.py"}  # names of our own tables into DDL


def name_of(call: ast.Call) -> str:
    """`flask.redirect(...)` -> "redirect"; `a.b.execute(...)` -> "execute"."""
    function = call.func
    if isinstance(function, ast.Attribute):
        return function.attr
    return function.id if isinstance(function, ast.Name) else ""


def whole_name(call: ast.Call) -> str:
    return ast.unparse(call.func)


def is_constant(node: ast.expr) -> bool:
    if isinstance(node, ast.Constant):
        return True
    return isinstance(node, ast.JoinedStr) and all(isinstance(p, ast.Constant) for p in node.values)


def is_typed(node: ast.AST) -> bool:
    """Whether somebody outside chose the value: it comes from the request, cleaned by nobody."""
    if isinstance(node, ast.Call) and name_of(node) in {"inside", "url_for"}:
        return False
    if isinstance(node, ast.Attribute) and node.attr in TYPED:
        return isinstance(node.value, ast.Name) and node.value.id == "request"
    return any(is_typed(child) for child in ast.iter_child_nodes(node))


def keyword(call: ast.Call, name: str) -> ast.expr | None:
    return next((k.value for k in call.keywords if k.arg == name), None)


def is_true(node: ast.expr | None) -> bool:
    return isinstance(node, ast.Constant) and node.value is True


def template_of_words(call: ast.Call, _path: str) -> bool:
    written = name_of(call) == "from_string" and "env" in whole_name(call).lower()
    return name_of(call) == "render_template_string" or written


def markup_of_variables(call: ast.Call, path: str) -> bool:
    if path in DRAWS:
        return False
    if name_of(call) != "Markup" or not call.args or is_constant(call.args[0]):
        return False
    return ast.unparse(call.args[0]) not in DRAWN


def sql_of_words(call: ast.Call, path: str) -> bool:
    if name_of(call) not in {"text", "literal_column", "exec_driver_sql"} or not call.args:
        return False
    if name_of(call) == "text" and isinstance(call.func, ast.Attribute):
        return False  # a method of our own
    return path not in WRITES_SQL and isinstance(call.args[0], ast.JoinedStr | ast.BinOp | ast.Call)


def sql_that_is_formatted(call: ast.Call, path: str) -> bool:
    return (
        name_of(call) in {"execute", "executescript", "executemany"}
        and bool(call.args)
        and isinstance(call.args[0], ast.JoinedStr | ast.BinOp)
        and path not in SETS_UP_SQLITE
    )


def file_that_is_asked_for(call: ast.Call, _path: str) -> bool:
    names = {"send_file", "send_from_directory", "open", "Path", "safe_join", "joinpath"}
    return name_of(call) in names and any(is_typed(argument) for argument in call.args)


def words_that_are_run(call: ast.Call, _path: str) -> bool:
    return whole_name(call) in {"eval", "exec", "compile", "__import__"}


def shell(call: ast.Call, _path: str) -> bool:
    return whole_name(call) in {"os.system", "os.popen", "subprocess.getoutput"} or is_true(
        keyword(call, "shell")
    )


def objects_from_bytes(call: ast.Call, _path: str) -> bool:
    module = whole_name(call).rpartition(".")[0]
    return module in {"pickle", "marshal", "shelve", "dill", "jsonpickle"}


def yaml_with_objects(call: ast.Call, _path: str) -> bool:
    if whole_name(call) in {"yaml.unsafe_load", "yaml.full_load", "yaml.full_load_all"}:
        return True
    loader = keyword(call, "Loader")
    named = ast.unparse(loader) if loader else ""
    return whole_name(call) in {"yaml.load", "yaml.load_all"} and "Safe" not in named


def archive_unpacked_blindly(call: ast.Call, _path: str) -> bool:
    return name_of(call) == "extractall" and keyword(call, "filter") is None


def led_away(call: ast.Call, _path: str) -> bool:
    return name_of(call) == "redirect" and any(is_typed(argument) for argument in call.args)


def cookie_for_scripts(call: ast.Call, _path: str) -> bool:
    if name_of(call) != "set_cookie":
        return False
    return not is_true(keyword(call, "httponly")) or keyword(call, "samesite") is None


def unverified_peer(call: ast.Call, _path: str) -> bool:
    verify = keyword(call, "verify")
    return isinstance(verify, ast.Constant) and verify.value is False


def unescaped_templates(call: ast.Call, _path: str) -> bool:
    if name_of(call) not in {"Environment", "NativeEnvironment"}:
        return False
    escaped = keyword(call, "autoescape")
    return escaped is None or (isinstance(escaped, ast.Constant) and escaped.value is False)


def typed_words_in_the_log(call: ast.Call, _path: str) -> bool:
    on_log = whole_name(call).startswith(("log.", "logger.", "logging."))
    values = [*call.args, *(k.value for k in call.keywords)]
    return on_log and any(is_typed(value) for value in values)


def form_without_its_token(call: ast.Call, path: str) -> bool:
    return whole_name(call) == "csrf.exempt" and path != "compliance/web/factory.py"


def xml_with_entities(call: ast.Call, _path: str) -> bool:
    names = ("etree.", "ElementTree.", "minidom.", "sax.", "pulldom.")
    reads = name_of(call) in {"parse", "fromstring", "iterparse", "XML", "parseString"}
    alone = len(call.args) < 2 and keyword(call, "parser") is None
    return reads and alone and any(part in whole_name(call) for part in names)


RULES: dict[Callable[[ast.Call, str], bool], str] = {
    template_of_words: "render_template_string(request.form['x'])",
    markup_of_variables: "Markup(f'<b>{name}</b>')",
    sql_of_words: "session.execute(text(f'SELECT {name}'))",
    sql_that_is_formatted: "cursor.execute('SELECT ' + name)",
    file_that_is_asked_for: "send_file(folder / request.args['name'])",
    words_that_are_run: "eval(found)",
    shell: "subprocess.run(words, shell=True)",
    objects_from_bytes: "pickle.loads(raw)",
    yaml_with_objects: "yaml.load(text)",
    archive_unpacked_blindly: "tar.extractall(folder)",
    led_away: "redirect(request.args.get('next'))",
    cookie_for_scripts: "response.set_cookie('a', 'b', httponly=True)",
    unverified_peer: "requests.get(address, verify=False)",
    unescaped_templates: "Environment(loader=loader)",
    typed_words_in_the_log: "log.warning('refused', email=request.form.get('email'))",
    form_without_its_token: "csrf.exempt(blueprint)",
    xml_with_entities: "etree.fromstring(raw)",
}
FINE = """
redirect(inside(request.args.get("next")))
redirect(url_for("find", q=request.args["q"]))
Markup("<b>{}</b>").format(name)
session.execute(text("SELECT 1"))
yaml.load(text, Loader=SafeLoader)
response.set_cookie("a", "b", httponly=True, samesite="Lax")
Environment(loader=loader, autoescape=True)
send_file(BytesIO(content), download_name=item.file_name)
reader.text(f"{name}")
"""


def offences(source: str, path: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call):
            for rule in RULES:
                if rule(node, path):
                    yield f"{path}:{node.lineno}: {rule.__name__}"


def test_no_call_opens_a_way_in() -> None:
    found = [
        offence
        for path in SOURCES
        for offence in offences(path.read_text("utf-8"), str(path.relative_to(ROOT)))
    ]

    assert found == []
    assert len(SOURCES) > 200


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_each_rule_sees_a_planted_offence(rule: Callable[[ast.Call, str], bool]) -> None:
    assert f"x.py:1: {rule.__name__}" in list(offences(RULES[rule], "x.py"))


def test_what_is_fine_is_let_be() -> None:
    assert list(offences(FINE, "x.py")) == []
