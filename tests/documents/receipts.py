"""Pictures that look like what clients send: a bank's form, and a photograph of one."""

import io
from decimal import Decimal

from PIL import Image, ImageDraw, ImageFont

ROWS = ("Date", "Reference", "From", "To", "IBAN", "Amount", "Status")


def receipt(number: int, amount: Decimal) -> Image.Image:
    """Return a bank's confirmation, 900 x 1200."""
    image = Image.new("RGB", (900, 1200), "white")
    draw = ImageDraw.Draw(image)
    large, small = ImageFont.load_default(36), ImageFont.load_default(24)
    draw.rectangle((0, 0, 900, 140), fill=(20, 60, 140))
    draw.text((40, 40), "First Example Bank", font=ImageFont.load_default(60), fill="white")
    draw.text((40, 200), "Transfer confirmation", font=large, fill="black")
    values = (
        f"2026-03-{number % 28 + 1:02}",
        f"REF-{number:06}",
        ("Northwind", "Contoso", "Fabrikam", "Tailspin")[number % 4],
        "Acme Ltd",
        f"DE{number * 7919:020}",
        f"{amount:,.2f} USD",
        "Executed",
    )
    for line, (name, value) in enumerate(zip(ROWS, values, strict=True)):
        top = 300 + line * 90
        draw.text((60, top), name, font=small, fill="gray")
        draw.text((360, top - 8), value, font=large, fill="black")
        draw.line((40, top + 60, 860, top + 60), fill="lightgray")
    return image


def photo_of(number: int, amount: Decimal) -> Image.Image:
    """Return a photograph of a confirmation, held at another angle each time."""
    angle = (number * 37 % 17) - 8
    return receipt(number, amount).rotate(angle, expand=True, fillcolor=(120, 100, 80))


def png_of(image: Image.Image) -> bytes:
    """Return the bytes of a PNG file."""
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()
