from argparse import ArgumentParser
from dataclasses import asdict
from datetime import date
from typing import Any

from django.conf import settings
from tqdm import tqdm

from shared_apps.kernel.clock import utc_now
from shared_apps.platform_admin.sample.build import (
    Recipe,
    amount_of_steps,
    build_organization,
    find_sample,
)
from shared_apps.platform_admin.sample.digest import content_digest
from shared_apps.platform_admin.sample.passwords import find_password, sample_password
from shared_apps.platform_admin.sample.plan import Size
from shared_apps.platform_admin.sample.profiles import PROFILES, Profile
from shared_apps.platform_admin.sample.sign_ins import sign_ins_of
from shared_apps.tenancy.context import use_tenant
from shared_apps.tenancy.management.base import BadInput, PlatformCommand


class Command(PlatformCommand):
    help = "Make two sample organizations, acme and globex, with seven months of history."
    example = "manage.py create_sample_organizations --seed 1 --today 2026-11-01 --print-sign-ins"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Say what the history is made of."""
        parser.add_argument(
            "--seed", type=int, default=1, help="equal seeds make equal histories (default: 1)"
        )
        parser.add_argument(
            "--today",
            metavar="YYYY-MM-DD",
            help="at whose start the history ends (default: now)",
        )
        for name, default in asdict(Size()).items():
            parser.add_argument(
                f"--{name}",
                type=int,
                default=default,
                help=f"{name} of each organization (default: {default})",
            )
        parser.add_argument(
            "--digest", action="store_true", help="print the SHA-256 of each one's content"
        )
        parser.add_argument(
            "--print-sign-ins", action="store_true", help="print the addresses and the sign-ins"
        )

    def handle_platform(self, **options: Any) -> None:
        """Make what is missing, then print what was asked for."""
        recipe = _recipe(options)
        missing = [profile for profile in PROFILES if find_sample(profile) is None]
        for profile in missing:
            self._make(profile, recipe)
        if not missing and not options["print_sign_ins"]:
            names = " and ".join(profile.slug for profile in PROFILES)
            self.stdout.write(f"The sample organizations {names} are there already.")
        if options["digest"]:
            self._print_digests()
        if options["print_sign_ins"]:
            self._print_sign_ins()

    def _make(self, profile: Profile, recipe: Recipe) -> None:
        steps = amount_of_steps(profile, recipe=recipe)
        with tqdm(total=steps, desc=profile.slug, unit="step", disable=None) as bar:
            build_organization(profile, recipe=recipe, at=utc_now(), advance=bar.update)
        self.stdout.write(
            f"{profile.slug}: {recipe.size.clients} clients, {recipe.size.deals} deals, "
            f"{recipe.size.payments} payments up to {recipe.today} (seed {recipe.seed})"
        )

    def _print_digests(self) -> None:
        for profile in PROFILES:
            tenant = find_sample(profile)
            if tenant is not None:
                with use_tenant(tenant):
                    self.stdout.write(f"{profile.slug} {content_digest()}")

    def _print_sign_ins(self) -> None:
        for profile in PROFILES:
            tenant = find_sample(profile)
            if tenant is not None:
                lines = sign_ins_of(
                    profile,
                    tenant,
                    base_domain=settings.BASE_DOMAIN,
                    scheme=settings.PUBLIC_SCHEME,
                )
                self.stdout.write("\n".join(lines))
        password = find_password(data_dir=settings.DATA_DIR)
        said = password or "was set with PRS_SAMPLE_PASSWORD when the sample was made"
        self.stdout.write(f"password of everyone: {said}")


def _recipe(options: dict[str, Any]) -> Recipe:
    """Return what to make. Raises: BadInput."""
    size = Size(**{name: options[name] for name in ("clients", "deals", "payments")})
    if min(size.clients, size.deals) < 1 or size.payments < 0:
        raise BadInput("At least one client and one deal are needed.")
    now = utc_now()
    return Recipe(
        seed=options["seed"],
        today=_day(options["today"]) or now.date(),
        now=None if options["today"] else now,
        size=size,
        password=sample_password(data_dir=settings.DATA_DIR),
    )


def _day(text: str | None) -> date | None:
    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise BadInput(f"--today {text!r} is not a day such as 2026-11-01.") from None
