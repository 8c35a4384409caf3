"""The frames, byte for byte, and what is refused from a client."""

import json
from uuid import UUID

import pytest

from shared_apps.kernel.ids import uuid7
from tenant_apps.notifications import frames
from tenant_apps.notifications.consumers import BadFrame, ClientFrame, read_frame
from tenant_apps.notifications.models import Notification
from tests.notifications.people import AT


class TestFrames:
    def test_a_number_is_put_before_the_shared_body(self) -> None:
        event = uuid7()
        row = Notification(
            seq=3,
            event_id=event,
            kind="k",
            title='a "b"',
            body="ü",
            params={"x": "1"},
            occurred_at=AT,
        )
        assert json.loads(frames.numbered(frames.body_of(row), 9)) == {
            "type": "notification",
            "seq": 9,
            "kind": "k",
            "title": 'a "b"',
            "body": "ü",
            "link": "",
            "params": {"x": "1"},
            "event_id": str(event),
            "occurred_at": "2026-03-02T11:00:00+00:00",
        }

    def test_hello_and_heartbeat_carry_the_head(self) -> None:
        person = UUID(int=7)
        said = {"type": "hello", "head": 4, "person": str(person)}
        assert json.loads(frames.hello(4, person)) == said
        assert json.loads(frames.heartbeat(5)) == {"type": "heartbeat", "head": 5}


class TestClientFrames:
    @pytest.mark.parametrize(
        ("text", "frame"),
        [
            ('{"type":"resume","after":0}', ClientFrame("resume", 0)),
            ('{"type":"ack","seq":12}', ClientFrame("ack", 12)),
            ('{"type":"ping"}', ClientFrame("ping")),
            ('{"type":"pong"}', ClientFrame("pong")),
        ],
    )
    def test_are_read(self, text: str, frame: ClientFrame) -> None:
        assert read_frame(text) == frame

    @pytest.mark.parametrize(
        "text",
        [
            None,
            "",
            "not json",
            "[]",
            "7",
            "{}",
            '{"type":"resume"}',
            '{"type":"resume","after":"1"}',
            '{"type":"resume","after":true}',
            '{"type":"resume","after":-1}',
            '{"type":"resume","after":1.5}',
            '{"type":"ack","seq":99999999999999999999}',
            '{"type":"subscribe","group":"x"}',
            '{"type":"ping","pad":"' + "x" * 5000 + '"}',
        ],
    )
    def test_are_refused_when_they_are_anything_else(self, text: str | None) -> None:
        with pytest.raises(BadFrame):
            read_frame(text)
