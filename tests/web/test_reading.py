"""Input is read strictly: what is not understood is refused by name, never guessed."""

import json
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from pytest_django import Settings

from shared_apps.audit.models import EventRecord
from tests.client import PrsClient, error

FULLWIDTH_12 = "\uff11\uff12"


def post_raw(client: PrsClient, address: str, body: Any) -> Any:
    """POST a body as it is, declared as JSON."""
    return client.generic(
        "POST", address, body, "application/json", HTTP_IDEMPOTENCY_KEY="a-raw-body"
    )


def problems(response: Any, status: int = 400) -> list[tuple[str, str]]:
    """Return field and code of each problem."""
    return [(problem["field"], problem["code"]) for problem in error(response, status)["errors"]]


class TestBody:
    @pytest.mark.parametrize(
        "body",
        [
            " ",
            "{",
            "nonsense",
            '{"note": }',
            '{"pieces": NaN}',
            '{"pieces": Infinity}',
            '{"pieces": -Infinity}',
            '{"note": 1e999}',
            '{"contents": [{"what": -1e999}]}',
            '{"note": "a", "note": "b"}',
            '{"contents": [{"what": "x", "what": "y"}]}',
            '{"note": "nul\\u0000"}',
            '{"note": "broken \\ud800"}',
            '{"\\u0000": 1}',
            b'{"note": "\xff\xfe"}',
            '{"pieces": ' + "9" * 5000 + "}",
            "[" * 100_000,
            '{"a":' * 20_000,
            "[]",
            '"text"',
            "null",
            "1",
        ],
        ids=range(22),
    )
    def test_that_is_no_proper_object_is_400(
        self, as_sam: PrsClient, parcels: str, body: str | bytes
    ) -> None:
        response = post_raw(as_sam, parcels, body)

        assert problems(response)[0][0] == ""
        assert error(response)["code"] == "validation_error"
        assert not EventRecord.objects.filter(name="tests.parcel_sent").exists()

    def test_names_the_duplicate(self, as_sam: PrsClient, parcels: str) -> None:
        response = post_raw(as_sam, parcels, '{"note": "a", "note": "b"}')

        assert '"note" appears twice' in error(response)["errors"][0]["message"]

    def test_may_be_left_out_where_nothing_is_required(
        self, as_sam: PrsClient, parcels: str
    ) -> None:
        assert post_raw(as_sam, parcels, "").status_code == 201

    @pytest.mark.parametrize("text", ["Müller & Söhne", "日本語", "💩", "\\u00e9", "a\\nb"])
    def test_may_hold_any_text(self, as_sam: PrsClient, parcels: str, text: str) -> None:
        assert post_raw(as_sam, parcels, f'{{"note": "{text}"}}').status_code == 201

    def test_too_large_is_413(self, as_sam: PrsClient, parcels: str, settings: Settings) -> None:
        settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1000

        response = post_raw(as_sam, parcels, json.dumps({"note": "x" * 1000}))

        assert error(response, 413)["code"] == "request_too_large"

    @pytest.mark.parametrize("kind", ["text/plain", "application/xml", "text/json", "x" * 300])
    def test_of_another_content_type_is_415(
        self, as_sam: PrsClient, parcels: str, kind: str
    ) -> None:
        response = as_sam.generic("POST", parcels, "{}", kind, HTTP_IDEMPOTENCY_KEY="another-type")

        assert error(response, 415)["code"] == "unsupported_media_type"

    def test_may_be_a_form_with_a_file(self, as_sam: PrsClient, parcels: str) -> None:
        form = {
            "note": "with a label",
            "price.amount": "12.50",
            "price.currency": "USD",
            "sticker": SimpleUploadedFile("label.txt", b"to Berlin"),
        }

        assert as_sam.post(parcels, form, format="multipart").status_code == 201

    def test_of_a_form_takes_money_as_json_text_as_well(
        self, as_sam: PrsClient, parcels: str
    ) -> None:
        form = {"price": '{"amount": "12.50", "currency": "USD"}'}

        assert as_sam.post(parcels, form, format="multipart").status_code == 201

    def test_of_a_form_is_as_strict(self, as_sam: PrsClient, parcels: str) -> None:
        form = {"colour": "red", "price.amount": "12.505", "price.currency": "USD"}

        response = as_sam.post(parcels, form, format="multipart")

        assert problems(response) == [("/price", "amount"), ("/colour", "unknown_field")]

    def test_may_be_a_form_only_where_files_are_taken(
        self, as_sam: PrsClient, parcels: str
    ) -> None:
        response = as_sam.patch(f"{parcels}PC-0001/", {"note": "x"}, version=3, format="multipart")

        assert error(response, 415)["code"] == "unsupported_media_type"

    def test_of_a_broken_form_is_400(self, as_sam: PrsClient, parcels: str) -> None:
        response = as_sam.generic(
            "POST",
            parcels,
            "--x\r\nbroken",
            "multipart/form-data; boundary=",
            HTTP_IDEMPOTENCY_KEY="broken-form",
        )

        assert error(response, 400)["code"] == "validation_error"


class TestFields:
    def test_that_are_unknown_are_refused_by_name(self, as_sam: PrsClient, parcels: str) -> None:
        response = as_sam.post(parcels, {"colour": "red", "~/": 1})

        assert problems(response) == [("/colour", "unknown_field"), ("/~0~1", "unknown_field")]

    def test_that_are_unknown_are_refused_in_nested_objects(
        self, as_sam: PrsClient, parcels: str
    ) -> None:
        contents = [{"what": "cup", "quantity": "1"}, {"what": "cup", "quantity": "1", "id": 1}]

        response = as_sam.post(parcels, {"contents": contents})

        assert problems(response) == [("/contents/1/id", "unknown_field")]

    def test_are_all_judged_at_once(self, as_sam: PrsClient, parcels: str) -> None:
        response = as_sam.post(
            parcels, {"pieces": 0, "contents": [{"quantity": "x"}], "colour": "red"}
        )

        assert set(problems(response)) == {
            ("/pieces", "min_value"),
            ("/contents/0/what", "required"),
            ("/contents/0/quantity", "invalid"),
            ("/colour", "unknown_field"),
        }

    @pytest.mark.parametrize("pieces", [10**30, "1e3", 1.5, True and "true", {}, []])
    def test_of_whole_numbers_take_nothing_else(
        self, as_sam: PrsClient, parcels: str, pieces: object
    ) -> None:
        assert problems(as_sam.post(parcels, {"pieces": pieces}))[0][0] == "/pieces"

    @pytest.mark.parametrize(
        ("price", "code"),
        [
            ({"amount": 12.5, "currency": "USD"}, "not_exact"),
            ({"amount": "12,50", "currency": "USD"}, "not_exact"),
            ({"amount": "1e3", "currency": "USD"}, "not_exact"),
            ({"amount": FULLWIDTH_12, "currency": "USD"}, "not_exact"),
            ({"amount": "1_000", "currency": "USD"}, "not_exact"),
            ({"amount": " 1", "currency": "USD"}, "not_exact"),
            ({"amount": "NaN", "currency": "USD"}, "not_exact"),
            ({"amount": "9" * 41, "currency": "USD"}, "not_exact"),
            ({"amount": "9" * 40, "currency": "USD"}, "amount"),
            ({"amount": "9" * 13, "currency": "USD"}, "amount"),
            ({"amount": "1000000000000.00", "currency": "USD"}, "amount"),
            ({"amount": True, "currency": "USD"}, "not_exact"),
            ({"amount": None, "currency": "USD"}, "not_exact"),
            ({"amount": "12.505", "currency": "USD"}, "amount"),
            ({"amount": "12.5", "currency": "JPY"}, "amount"),
            ({"amount": "12.50", "currency": "usd"}, "currency"),
            ({"amount": "12.50", "currency": "XYZ"}, "currency"),
            ({"amount": "12.50", "currency": 1}, "currency"),
            ({"amount": "0", "currency": "USD"}, "min_value"),
            ({"amount": "-1", "currency": "USD"}, "min_value"),
            ({"amount": "12.50"}, "invalid"),
            ({"amount": "12.50", "currency": "USD", "rate": 1}, "invalid"),
            ("12.50", "invalid"),
            (12.5, "invalid"),
            ([], "invalid"),
        ],
    )
    def test_of_money_take_an_exact_amount_of_a_currency(
        self, as_sam: PrsClient, parcels: str, price: object, code: str
    ) -> None:
        assert problems(as_sam.post(parcels, {"price": price})) == [("/price", code)]

    def test_of_money_say_how_large_an_amount_may_be(self, as_sam: PrsClient, parcels: str) -> None:
        for amount, status in (("999999999999.99", 201), ("1000000000000.00", 400)):
            price = {"amount": amount, "currency": "USD"}
            response = as_sam.post(parcels, {"price": price})
            assert response.status_code == status
        assert "below 1,000,000,000,000" in error(response)["errors"][0]["message"]

    @pytest.mark.parametrize("text", ["7", "1.5", "true", "false", "-0.0", "[]", "{}"])
    def test_of_texts_take_strings_alone(self, as_sam: PrsClient, parcels: str, text: str) -> None:
        response = post_raw(as_sam, parcels, f'{{"note": {text}}}')

        assert problems(response) == [("/note", "invalid")]

    def test_of_texts_take_strings_alone_in_nested_objects_and_lists(
        self, as_sam: PrsClient, parcels: str
    ) -> None:
        sent = {"contents": [{"what": 7, "quantity": "1"}], "marks": ["this side up", 7, True]}

        assert set(problems(as_sam.post(parcels, sent))) == {
            ("/contents/0/what", "invalid"),
            ("/marks/1", "invalid"),
            ("/marks/2", "invalid"),
        }

    @pytest.mark.parametrize("quantity", [1.5, True, "1e3", "NaN", " 1", "1_0", "", None, {}])
    def test_of_quantities_take_a_decimal_text(
        self, as_sam: PrsClient, parcels: str, quantity: object
    ) -> None:
        contents = [{"what": "cup", "quantity": quantity}]

        response = as_sam.post(parcels, {"contents": contents})

        assert problems(response)[0][0] == "/contents/0/quantity"


class TestChanges:
    def test_take_what_was_sent_alone(self, as_sam: PrsClient, parcels: str) -> None:
        response = as_sam.patch(f"{parcels}PC-0001/", {"note": "this side up"}, version=3)

        shown = response.json()["data"]
        assert (shown["note"], shown["price"]["amount"]) == ("this side up", "12.50")
        assert response["ETag"] == '"4"'

    def test_take_back_what_was_read(self, as_sam: PrsClient, parcels: str) -> None:
        read = as_sam.get(f"{parcels}PC-0001/")
        sent = {**read.json()["data"], "note": "edited"}

        response = as_sam.patch(f"{parcels}PC-0001/", sent, HTTP_IF_MATCH=read["ETag"])

        assert response.json()["data"] == {**sent, "note": "edited"}

    def test_refuse_a_changed_field_that_cannot_be_written(
        self, as_sam: PrsClient, parcels: str
    ) -> None:
        response = as_sam.patch(f"{parcels}PC-0001/", {"status": "sent", "colour": 1}, version=3)

        assert problems(response) == [("/status", "read_only")]

    def test_refuse_an_unknown_field(self, as_sam: PrsClient, parcels: str) -> None:
        response = as_sam.patch(f"{parcels}PC-0001/", {"colour": 1}, version=3)

        assert problems(response) == [("/colour", "unknown_field")]

    def test_need_the_version_that_they_are_based_on(self, as_sam: PrsClient, parcels: str) -> None:
        response = as_sam.patch(f"{parcels}PC-0001/", {"note": "x"})

        assert error(response, 428)["code"] == "precondition_required"

    @pytest.mark.parametrize("match", ["3", "*", "nonsense", '"3', ""])
    def test_say_how_a_version_is_sent(self, as_sam: PrsClient, parcels: str, match: str) -> None:
        response = as_sam.patch(f"{parcels}PC-0001/", {"note": "x"}, HTTP_IF_MATCH=match)

        refused = error(response, 428)
        assert refused["code"] == "precondition_required"
        assert "in its quotes" in refused["message"]

    @pytest.mark.parametrize("match", ['"2"', 'W/"4"', '"nonsense"', '"3", "4"'])
    def test_refuse_a_stale_or_foreign_version(
        self, as_sam: PrsClient, parcels: str, match: str
    ) -> None:
        response = as_sam.patch(f"{parcels}PC-0001/", {"note": "x"}, HTTP_IF_MATCH=match)

        assert error(response, 412)["code"] == "stale_version"


class TestParameters:
    @pytest.mark.parametrize("name", ["colour", "Search", "format", "sent", "page[size]"])
    def test_that_are_unknown_are_refused_by_name(
        self, as_sam: PrsClient, parcels: str, name: str
    ) -> None:
        response = as_sam.get(parcels, {name: "1"})

        assert problems(response) == [(f"/{name}", "unknown_parameter")]

    def test_of_lists_are_unknown_to_details_and_writes(
        self, as_sam: PrsClient, parcels: str
    ) -> None:
        assert problems(as_sam.get(f"{parcels}PC-0001/?page=1")) == [("/page", "unknown_parameter")]
        assert problems(as_sam.post(f"{parcels}?sent_on=2026-01-01", {})) == [
            ("/sent_on", "unknown_parameter")
        ]
        assert not EventRecord.objects.filter(name="tests.parcel_sent").exists()

    @pytest.mark.parametrize(
        ("name", "value"),
        [
            ("sent_on", "yesterday"),
            ("sent_on", "2026-02-30"),
            ("ordering", "price"),
            ("ordering", "--recorded_at"),
            ("search", "x" * 201),
            ("search", "nul\x00"),
            ("page", "0"),
            ("page", "-1"),
            ("page", "x"),
            ("page", "9" * 30),
            ("page", FULLWIDTH_12),
            ("page_size", "101"),
            ("page_size", "0"),
            ("page_size", ""),
            ("cursor", "nonsense"),
        ],
    )
    def test_with_bad_values_are_named(
        self, as_sam: PrsClient, parcels: str, name: str, value: str
    ) -> None:
        assert problems(as_sam.get(parcels, {name: value}))[0][0] == f"/{name}"
