"""The words that the sample's names are made of. All of it is invented."""

CLIENT_FIRST = (
    "Amber", "Birch", "Cedar", "Copper", "Coral", "Delta", "Falcon", "Harbor", "Indigo", "Juniper",
    "Lantern", "Maple", "Meridian", "Northern", "Onyx", "Pioneer", "Quartz", "River", "Summit",
    "Willow",
)  # fmt: skip
CLIENT_SECOND = (
    "Analytics", "Bakery", "Clinics", "Foods", "Furniture", "Hotels", "Instruments", "Logistics",
    "Media", "Motors", "Optics", "Pharma", "Power", "Retail", "Software", "Textiles",
)  # fmt: skip
STREETS = ("Canal Street", "Garden Road", "Market Square", "Mill Lane", "Station Road")
PROJECTS = (
    "Annual support", "Brand refresh", "Data migration", "Field training", "Fleet upgrade",
    "Online shop", "Quarterly audit", "Rollout phase one", "Rollout phase two", "Security review",
    "Spare parts", "Website relaunch", "Workshop series",
)  # fmt: skip
PRODUCTS = (
    ("Starter licence", "Licences", "490.00"),
    ("Team licence", "Licences", "1290.00"),
    ("Enterprise licence", "Licences", "4850.00"),
    ("Onboarding day", "Services", "980.00"),
    ("Consulting hour", "Services", "145.50"),
    ("Support plan", "Services", "249.90"),
    ("Sensor kit", "Hardware", "329.00"),
    ("Gateway", "Hardware", "1175.25"),
)
SOURCES = ("referral", "website", "trade fair", "cold call", "partner")
LOST_REASONS = ("Chose another supplier.", "No budget this year.", "The project was put off.")
REJECTIONS = (
    ("not_received", "The money did not arrive on the account."),
    ("bank_decline", "The bank declined the transfer."),
    ("insufficient_funds", "The cheque was not covered."),
    ("duplicate", "The same transfer is recorded already."),
)
CHANGES = (
    "The proof shows another amount; please check it.",
    "The reference is missing on the proof.",
    "Please upload a readable copy of the receipt.",
)
