"""Every page by its address: the URL table for people. One file a page; adding a page is a row here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from flask.typing import ResponseReturnValue

from web.pages import (
    account,
    administration,
    base_tiles,
    contracts,
    exchange,
    figures,
    home,
    households,
    jobs,
    notices,
    oidc,
    people,
    plan_panes,
    plans,
    posts,
    reports,
    sign_in,
    trail,
    urgent_times,
    users,
)
from web.pages import map as map_page


@dataclass(frozen=True, slots=True)
class Page:
    """One address and what answers there."""

    name: str
    """What templates call it: url_for('sign_in')."""
    rule: str
    answer: Callable[..., ResponseReturnValue]
    methods: tuple[str, ...] = ("GET",)
    open: bool = False
    """Whether it answers strangers even where public data is for signed-in readers only."""
    checks_form: bool = False
    """Whether it checks the form's token itself, after rights and size: reading the form is reading a whole file."""
    one_state: bool = False
    """Whether it shows ground with what stands on it: then all is from before an edition that comes meanwhile, or all from after it."""


PAGES: list[Page] = [
    Page("sign_in", "/sign-in", sign_in.sign_in, ("GET", "POST"), open=True),
    Page("sign_in_step", "/sign-in/step", sign_in.step, ("GET", "POST"), open=True),
    Page("sign_in_link", "/enter/<token>", sign_in.by_link, open=True),
    Page("oidc_begin", "/sign-in/oidc", oidc.begin, open=True),
    Page("oidc_end", "/sign-in/oidc/back", oidc.end, open=True),
    Page("sign_out", "/sign-out", sign_in.sign_out, ("POST",), open=True),
    Page("account", "/account", account.show),
    Page("account_change", "/account", account.change, ("POST",)),
    Page("account_device", "/account/device", account.device, ("GET", "POST")),
    Page("administration", "/system", administration.door),
    Page("system", "/system/state", administration.system),
    Page("users", "/system/accounts", users.listed),
    Page("user_add", "/system/accounts", users.add, ("POST",)),
    Page("user", "/system/accounts/<uuid:account_id>", users.one),
    Page("user_change", "/system/accounts/<uuid:account_id>", users.change, ("POST",)),
    Page("trail", "/system/audit", trail.show),
    Page("trail_csv", "/system/audit.csv", trail.table),
    Page("home", "/", home.home),
    Page("map", "/map/<slug>", map_page.show, one_state=True),
    Page("map_panel", "/map/<slug>/panel", map_page.panel, one_state=True),
    Page("map_search", "/map/<slug>/search", map_page.search),
    Page("person", "/people/<uuid:person_id>", people.show),
    Page("person_change", "/people/<uuid:person_id>", people.change, ("POST",)),
    Page("notices", "/notices", notices.show),
    Page("notices_read", "/notices", notices.read, ("POST",)),
    Page("times", "/times/<uuid:unit_id>", urgent_times.show),
    Page("times_switch", "/times/<uuid:unit_id>", urgent_times.switch, ("POST",)),
    Page("posts", "/posts/<uuid:place_id>", posts.show, one_state=True),
    Page("posts_change", "/posts/<uuid:place_id>", posts.change, ("POST",)),
    Page("household", "/households/<uuid:household_id>", households.show, one_state=True),
    Page("household_correct", "/households/<uuid:household_id>", households.correct, ("POST",)),
    Page("household_hand_over", "/households/<uuid:household_id>/member", households.hand_over, ("POST",)),
    Page("corrections", "/corrections/<slug>", households.listed),
    Page("correction_decide", "/corrections/<slug>/<uuid:correction_id>", households.decide, ("POST",)),
    Page("contracts", "/contracts/<slug>", contracts.listed),
    Page("contracts_propose", "/contracts/<slug>", contracts.propose, ("POST",)),
    Page("contract_proposal", "/contracts/<slug>/<uuid:proposal_id>", contracts.show),
    Page("contract_decide", "/contracts/<slug>/<uuid:proposal_id>", contracts.decide, ("POST",)),
    Page("figures", "/figures/<slug>", figures.show, one_state=True),
    Page("reports", "/reports/<slug>", reports.listed),
    Page("report_freeze", "/reports/<slug>", reports.freeze_one, ("POST",)),
    Page("report", "/reports/<slug>/<uuid:report_id>", reports.show),
    Page("report_download", "/reports/<slug>/<uuid:report_id>/workbook", reports.download),
    Page("plans", "/plans/<slug>", plans.listed),
    Page("plan_build", "/plans/<slug>", plans.build, ("POST",)),
    Page("plan_begin", "/plans/<slug>/begin", plans.begin, ("POST",)),
    Page("plan", "/plans/<slug>/<uuid:plan_id>", plans.show, one_state=True),
    Page("plan_impact", "/plans/<slug>/<uuid:plan_id>/impact", plan_panes.impact, one_state=True),
    Page("plan_comments", "/plans/<slug>/<uuid:plan_id>/comments", plan_panes.comments),
    Page("plan_conflicts", "/plans/<slug>/<uuid:plan_id>/conflicts", plan_panes.conflicts, one_state=True),
    Page("plan_drafts", "/plans/<slug>/<uuid:plan_id>/drafts", plan_panes.drafts, one_state=True),
    Page("plan_proposals", "/plans/<slug>/<uuid:plan_id>/proposals", plan_panes.proposals),
    Page("plan_changed", "/plans/<slug>/<uuid:plan_id>/changed", plans.changed, one_state=True),
    Page("plan_panel", "/plans/<slug>/<uuid:plan_id>/panel", plans.panel, one_state=True),
    Page("exchange_choice", "/exchange", exchange.choice),
    Page("exchange", "/exchange/<slug>", exchange.show),
    Page("exchange_send", "/exchange/<slug>", exchange.send, ("POST",), checks_form=True),
    Page("job", "/jobs/<uuid:job_id>", jobs.show),
    Page("job_again", "/jobs/<uuid:job_id>/again", jobs.again, ("POST",)),
    Page("job_commit", "/jobs/<uuid:job_id>/commit", jobs.commit, ("POST",)),
    Page("job_stop", "/jobs/<uuid:job_id>/stop", jobs.stop, ("POST",)),
    Page("base_tile", "/base/<layer>/<int:z>/<int:x>/<int:y>", base_tiles.tile),
]
