"""The server from outside: whom it answers, what, and what every answer carries."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import msgspec
import pytest
from starlette.testclient import TestClient

from tests.serving.documents import BLOCK
from visunn_lint.document import encode
from visunn_lint.serving import Access, Exhibit, Hosts, application

if TYPE_CHECKING:
    from httpx2 import Response

PAGE = "<!doctype html><title>page</title>"
POLICY = "default-src 'none'"
ORIGIN = "http://127.0.0.1:5000"
SEALED = {
    "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "x-frame-options": "DENY",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}


def _access() -> Access:
    return Access("visunn-5000", token="the-token", session="the-session")  # noqa: S106 -- none but of this test


def _client(access: Access | None = None, hosts: Hosts | None = None, origin: str = ORIGIN) -> TestClient:
    """Return a browser that knows nothing yet, in front of a server."""
    hosts = hosts or Hosts.of("127.0.0.1", 5000, remote=False)
    app = application(PAGE, POLICY, Exhibit.of(encode(BLOCK)), access or _access(), hosts)
    return TestClient(app, base_url=origin, follow_redirects=False, raise_server_exceptions=False)


@pytest.fixture
def client() -> TestClient:
    """Return a browser that was let in."""
    client = _client()
    client.get("/?token=the-token")
    return client


def _brief(answer: Response) -> tuple[int, str]:
    return answer.status_code, answer.text


# -- what there is -----------------------------------------------------------------------------


def test_the_page_and_its_document(client: TestClient) -> None:
    """Both as they lie in memory."""
    assert _brief(client.get("/")) == (200, PAGE)
    assert client.get("/").headers["content-type"] == "text/html; charset=utf-8"
    answer = client.get("/document.json")
    assert (answer.content, answer.headers["content-type"]) == (encode(BLOCK), "application/json")


def test_a_document_that_is_known_is_not_sent_again(client: TestClient) -> None:
    """Its tag names its content."""
    tag = client.get("/document.json").headers["etag"]
    again = client.get("/document.json", headers={"If-None-Match": tag})
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
    assert client.get("/document.json", headers={"If-None-Match": '"other"'}).status_code == 200


def test_the_tables_of_the_first_visunn(client: TestClient) -> None:
    """The model by ``root``, a module by its path, as JSON with the same five keys."""
    root = client.get("/api/root")
    assert (root.status_code, root.headers["content-type"]) == (200, "application/json")
    assert list(root.json()) == ["meta", "coords", "edges", "inputs", "outputs"]
    assert client.get("/api/block").json()["edges"]["cat"] == ["block/relu", "block/relu_1"]


@pytest.mark.parametrize("tag", ["nonsense", "a/b", "%00", "..%2f..%2fetc%2fpasswd", "%3Cscript%3E", "%ff"])
def test_an_unknown_tag_is_a_404_in_json(client: TestClient, tag: str) -> None:
    """Never a 500."""
    answer = client.get(f"/api/{tag}")
    assert (answer.status_code, answer.headers["content-type"]) == (404, "application/json")
    assert answer.json()["error"].startswith("there is no module ")


@pytest.mark.parametrize("path", ["/nothing", "/document.json/x", "/favicon.ico", "/viewer/viewer.js"])
def test_there_is_nothing_else(client: TestClient, path: str) -> None:
    """A path that is not one of ours is a 404."""
    assert _brief(client.get(path)) == (404, "There is nothing here.\n")


# -- who is let in -----------------------------------------------------------------------------


def test_a_token_is_exchanged_for_a_cookie() -> None:
    """It leaves the address; no script reads the cookie, and no other site's request carries it."""
    client = _client()
    answer = client.get("/?token=the-token")
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    assert answer.headers["set-cookie"] == "visunn-5000=the-session; HttpOnly; Path=/; SameSite=strict"
    assert client.get("/").status_code == 200


@pytest.mark.parametrize(
    "path", ["/", "/document.json", "/changes", "/api/root", "/nothing", "/document.json?token=the-token"]
)
def test_without_a_cookie_nothing_is_told(path: str) -> None:
    """Not even what there is: one line that says what to do."""
    assert _brief(_client().get(path)) == (
        401,
        "Open the address that visunn printed: it lets your browser in.\n",
    )


@pytest.mark.parametrize("token", ["", "the-toke", "the-token2", "%00", "%ff", "the-session", "é"])
def test_a_wrong_token_is_refused(token: str) -> None:
    """And sets no cookie."""
    answer = _client().get(f"/?token={token}")
    assert answer.status_code == 403
    assert "set-cookie" not in answer.headers


@pytest.mark.parametrize("cookie", ["", "the-token", "the-session2", "other"])
def test_a_wrong_cookie_is_refused(cookie: str) -> None:
    """The token is not the cookie."""
    assert _client().get("/", headers={"Cookie": f"visunn-5000={cookie}"}).status_code == 401


def test_the_cookie_of_another_port_is_another() -> None:
    """Browsers send the cookies of all ports of a host."""
    assert _client().get("/", headers={"Cookie": "visunn-6000=the-session"}).status_code == 401


@pytest.mark.parametrize(
    ("authorization", "status"),
    [("Bearer the-token", 200), ("bearer the-token", 200), ("Bearer wrong", 401), ("Basic the-token", 401), ("", 401)],
)
def test_a_program_gives_the_token_with_each_request(authorization: str, status: int) -> None:
    """It needs no cookies for that."""
    assert _client().get("/api/root", headers={"Authorization": authorization}).status_code == status


def test_a_token_for_a_single_use_lets_one_in_once() -> None:
    """Whoever saw it on a command line is late."""
    access = _access()
    token = access.issue_once()
    client = _client(access)
    assert [client.get(f"/?token={token}").status_code for _ in range(2)] == [303, 403]


# -- which requests are for it -----------------------------------------------------------------


@pytest.mark.parametrize("host", ["127.0.0.1:5000", "localhost:5000", "LOCALHOST:5000", "[::1]:5000"])
def test_its_own_names_are_answered(client: TestClient, host: str) -> None:
    """The addresses and the name of this machine for itself."""
    assert client.get("/", headers={"Host": host, "Authorization": "Bearer the-token"}).status_code == 200


@pytest.mark.parametrize(
    "host",
    ["evil.example", "evil.example:5000", "127.0.0.1", "127.0.0.1:80", "127.0.0.1.evil.example:5000", "", ":5000",
     "localhost:5000@evil.example", "10.0.0.1:5000", "127.0.0.1:5000, evil.example"],
)  # fmt: skip
def test_another_name_is_turned_away(client: TestClient, host: str) -> None:
    """A page whose name was pointed at us reads nothing, whatever cookies it has."""
    answer = client.get("/document.json", headers={"Host": host, "Authorization": "Bearer the-token"})
    assert _brief(answer) == (421, "This server does not go by that name.\n")


@pytest.mark.parametrize(
    ("host", "status"),
    [("192.168.1.7:5000", 200), ("[fe80::1]:5000", 200), ("evil.example:5000", 421), ("192.168.1.7:80", 421)],
)
def test_a_server_for_other_machines_answers_to_any_address(host: str, status: int) -> None:
    """Rebinding needs a name, and there is none in an address."""
    client = _client(hosts=Hosts.of("0.0.0.0", 5000, remote=True))  # noqa: S104 -- nothing is bound
    assert client.get("/", headers={"Host": host, "Authorization": "Bearer the-token"}).status_code == status


def test_the_port_that_browsers_leave_out() -> None:
    """On port 80 the header is a name alone."""
    hosts = Hosts.of("127.0.0.1", 80, remote=False)
    assert [hosts.hold(each) for each in ("localhost", "localhost:80", "localhost:81", "x")] == [
        True,
        True,
        False,
        False,
    ]


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "PROPFIND"])
def test_it_only_shows(client: TestClient, method: str) -> None:
    """Reading is all that there is."""
    answer = client.request(method, "/document.json")
    assert (answer.status_code, answer.headers["allow"]) == (405, "GET, HEAD")


@pytest.mark.parametrize("path", ["/", "/document.json", "/api/root", "/changes"])
def test_a_head_has_no_body(client: TestClient, path: str) -> None:
    """And ends, for the stream of changes as well."""
    answer = client.head(path)
    assert (answer.status_code, answer.content) == (200, b"")


# -- what every answer carries -----------------------------------------------------------------


@pytest.mark.parametrize("path", ["/", "/?token=the-token", "/?token=x", "/document.json", "/api/root", "/api/x", "/x"])
def test_every_answer_is_sealed(client: TestClient, path: str) -> None:
    """Pages and errors alike; and none is for other origins."""
    answers = [client.get(path), _client().get(path), client.post(path), client.get(path, headers={"Host": "x"})]
    answers.append(client.get(path, headers={"Origin": "http://evil.example"}))
    for answer in answers:
        assert answer.headers.items() >= SEALED.items()
        assert not [name for name in answer.headers if name.startswith("access-control-")]
        assert answer.headers["cache-control"] == ("no-cache" if answer.headers.get("etag") else "no-store")


def test_a_fault_of_ours_is_sealed_too() -> None:
    """One line, without a traceback in it."""
    app = application(PAGE, POLICY, Exhibit.of(b"no document"), _access(), Hosts.of("127.0.0.1", 5000, remote=False))
    client = TestClient(app, base_url=ORIGIN, raise_server_exceptions=False)
    answer = client.get("/api/root", headers={"Authorization": "Bearer the-token"})
    assert _brief(answer) == (500, "Internal Server Error")
    assert answer.headers.items() >= SEALED.items()


def test_no_request_reaches_the_disk(client: TestClient) -> None:
    """Nothing is opened, whatever is asked for."""
    paths = ["/", "/document.json", "/api/root", "/api/block", "/api/x", "/x", "/..%2f..%2fetc%2fpasswd", "/?token=x"]
    for path in paths:
        client.get(path)  # imports what it needs
    opened: list[object] = []
    is_heard = True

    def hear(event: str, details: tuple[object, ...]) -> None:
        if is_heard and event in {"open", "os.listdir", "os.scandir", "import"}:
            opened.append((event, *details[:1]))

    sys.addaudithook(hear)
    for path in paths:
        client.get(path)
    is_heard = False
    assert opened == []


def test_levels_are_json(client: TestClient) -> None:
    """The answer is what the table holds."""
    node = client.get("/api/block").json()["meta"]["block/fc"]
    assert node == {
        "name": "block/fc",
        "op": "aten::linear",
        "input": ["x"],
        "output": ["block/relu", "block/relu_1"],
        "input_shapes": [[2, 4]],
        "output_shapes": [[2, 4]],
        "params": ["block.fc.weight"],
    }
    assert msgspec.json.decode(client.get("/api/block").content)["coords"]["x"] == [0.0, 1.0]
