"""One holder of each tier signs in, at a desk and on a phone: map, counts, and what is absent."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

Visit = Callable[..., Page]
pytestmark = pytest.mark.browser

TIERS = {
    "street": ("晨光街道", ["2社区", "5网格", "10楼栋", "100户"], ["东湖社区", "西山社区"]),
    "community": ("东湖社区", ["3网格", "6楼栋", "60户"], ["东湖一网格", "东湖二网格", "东湖三网格"]),
    "grid": ("东湖一网格", ["2楼栋", "20户"], ["1号楼", "2号楼"]),
    "head": ("1号楼", ["10户"], []),
    "scattered": ("我的网格", ["5楼栋", "50户"], ["东湖一网格", "西山二网格", "3号楼"]),
}
"""Account -> ground, what the cards say, what the list holds."""
CARDS = """() => [...document.querySelectorAll('.cards > div')].map(each =>
  each.querySelector('dd').textContent.trim() + each.querySelector('dt').textContent.trim())"""
ROWS = "() => [...document.querySelectorAll('#rows .row-name b')].map(each => each.textContent)"
TARGETS = ".bottom-bar button, .tabs a, #rows .row, .call, .home, main .button, main .button-primary, main .choice > span"
SMALL = f"""() => [...document.querySelectorAll('{TARGETS}')]
  .filter(each => each.offsetParent && each.getBoundingClientRect().height < 43.5)
  .map(each => each.className + ' ' + each.textContent.trim())"""
SIDEWAYS = "() => document.documentElement.scrollWidth > window.innerWidth"
INSIDE = """() => {
  const box = selector => document.querySelector(selector).getBoundingClientRect(), map = box('#map_grid'), own = box('path.outline');
  return own.width > 0 && own.left >= map.left && own.right <= map.right && own.top >= map.top && own.bottom <= map.bottom;
}"""


@pytest.mark.parametrize("phone", [False, True])
@pytest.mark.parametrize("name", sorted(TIERS))
def test_a_holder_of_each_tier_sees_the_own_ground_its_counts_and_nothing_else(visit: Visit, name: str, phone: bool) -> None:
    ground, counts, rows = TIERS[name]
    page = visit("/", signed_in=name, phone=phone)
    expect(page.locator("#unit-name")).to_have_text(ground)
    assert [card for card in counts if card not in page.evaluate(CARDS)] == []
    assert page.evaluate(ROWS) == rows
    assert page.evaluate(INSIDE)
    assert page.evaluate(SMALL) == [] or not phone
    assert not page.evaluate(SIDEWAYS)


@pytest.mark.parametrize("phone", [False, True])
def test_a_leader_calls_the_next_one_with_one_tap_and_sees_a_vacancy_in_words(visit: Visit, phone: bool) -> None:
    page = visit("/", signed_in="community", phone=phone)
    first = page.locator("#rows li", has_text="东湖一网格")
    expect(first).to_contain_text("网格长 王秀英")
    expect(first.locator("a.call")).to_have_attribute("href", "tel:0532-55550111")
    expect(page.locator("#rows li", has_text="东湖三网格")).to_contain_text("网格长空缺")
    expect(page.locator(".needs")).to_contain_text("东湖三网格还没有网格长")


def test_outside_the_own_ground_no_count_and_no_name_of_a_leader_is_told(visit: Visit) -> None:
    page = visit("/map/street", signed_in="head")
    expect(page.locator(".cards")).to_contain_text("无权查看")
    expect(page.locator("#panel-body")).not_to_contain_text("李明霞")
    page.locator(".way-home a").click()
    expect(page.locator("#unit-name")).to_have_text("1号楼")


def test_people_next_door_are_posts_with_duty_phones(visit: Visit) -> None:
    page = visit("/", signed_in="community")
    page.locator(".tabs a", has_text="人员").click()
    expect(page.locator("#panel-body")).to_contain_text("0532-5555 0120")
    expect(page.locator("#panel-body")).not_to_contain_text("赵国强")
    expect(page.locator("#panel-body")).to_contain_text("党**")
    expect(page.locator("#panel-body")).not_to_contain_text("党员甲")


def test_organisations_tell_contract_and_score(visit: Visit) -> None:
    page = visit("/", signed_in="community")
    page.locator(".tabs a", has_text="组织").click()
    company = page.locator("li", has_text="绿城物业")
    expect(company).to_contain_text("合同至 2027-06-30")
    expect(company).to_contain_text("92.5")
    expect(page.locator("li", has_text="东湖小区党支部")).to_contain_text("单建")


def test_a_building_shows_its_dwellings_by_use_in_words_and_four_colours(visit: Visit) -> None:
    page = visit("/", signed_in="head", phone=True)
    page.locator("[data-part=list]").tap()
    words = page.locator(".uses-words").inner_text()
    assert re.findall(r"(\S+)\s+(\d+)", words) == [("自住", "7"), ("出租", "2"), ("空置", "1"), ("商铺", "2")]
    expect(page.locator(".home")).to_have_count(12)
    expect(page.locator(".home.use-let")).to_have_count(2)
    expect(page.locator(".uses-bar rect")).to_have_count(4)


def test_the_buildings_of_a_grid_carry_their_four_colours_on_the_map(visit: Visit) -> None:
    page = visit("/", signed_in="grid")
    expect(page.locator(".uses-marker")).to_have_count(2)
    page.locator("[data-layer=uses]").uncheck()
    expect(page.locator(".uses-marker").first).to_be_hidden()


def test_a_private_phone_is_shown_once_for_a_reason(visit: Visit) -> None:
    page = visit("/", signed_in="community")
    page.locator(".tabs a", has_text="人员").click()
    page.locator("a.row", has_text="党**").first.click()
    page.locator("summary", has_text="查看完整").click()
    page.locator("label", has_text="电话").first.click()
    page.fill("[name=reason] >> nth=0", "核对电话")
    page.locator("form button", has_text="查看完整").click()
    expect(page.locator(".fields")).to_contain_text("1390000000")
    page.goto(page.url)
    expect(page.locator(".fields")).not_to_contain_text("1390000000")


def test_a_correction_goes_from_the_building_head_to_the_community_and_into_the_record(visit: Visit) -> None:
    head = visit("/", signed_in="head", phone=True)
    head.locator("[data-part=list]").tap()
    head.locator(".home", has_text="201").first.tap()
    expect(head.locator(".correct")).to_be_visible()
    head.wait_for_load_state("load")  # its style too
    assert head.evaluate(SMALL) == []
    head.locator("label:has([name=use][value=let])").tap()
    head.fill("[name=reason]", "<b>今日走访</b>")
    head.locator("main form .button-primary").tap()
    expect(head.locator(".correction")).to_contain_text("<b>今日走访</b>")
    clerk = visit("/", signed_in="community-clerk")
    clerk.locator(".needs a", has_text="查看").first.click()
    clerk.locator("button[value=accept]").click()
    expect(clerk.locator(".correction").first).to_contain_text("已采纳")
    again = visit("/", signed_in="head")
    expect(again.locator(".home.use-let")).to_have_count(3)


def test_the_street_appoints_after_seeing_what_will_happen(visit: Visit) -> None:
    page = visit("/", signed_in="office")
    page.locator("#rows .row", has_text="西山社区").click()
    page.locator("#rows .row", has_text="西山二网格").click()
    expect(page.locator("#unit-name")).to_have_text("西山二网格")
    page.locator(".tabs a", has_text="人员").click()
    page.locator("a", has_text="任免").click()
    page.fill("[name=name]", "孙立军")
    page.locator("form.appoint .button-primary").click()
    expect(page.locator(".sure")).to_contain_text("2 栋、20 户")
    page.locator(".sure .button-primary").click()
    expect(page.locator(".posts")).to_contain_text("孙立军")


def test_urgent_times_are_switched_knowingly_and_shown_to_who_is_there(visit: Visit) -> None:
    page = visit("/", signed_in="office")
    page.locator("#rows .row", has_text="西山社区").click()
    expect(page.locator("#unit-name")).to_have_text("西山社区")
    page.locator("#times a", has_text="急时").click()
    expect(page.locator(".what-changes")).to_contain_text("4 栋")
    page.fill("[name=reason]", "台风预警")
    page.locator("main form button").click()
    page.wait_for_selector("body[data-ready]")
    expect(page.locator("#urgent")).to_contain_text("台风预警")
    expect(visit("/", signed_in="community").locator("#urgent")).to_be_hidden()
    page.locator("#times a", has_text="平时").click()
    page.fill("[name=reason]", "预警解除")
    page.locator("main form button").click()
    page.wait_for_selector("body[data-ready]")
    expect(page.locator("#urgent")).to_be_hidden()


def test_the_inbox_is_calm_when_nothing_waits(visit: Visit) -> None:
    page = visit("/", signed_in="grid")
    page.locator(".bell").click()
    expect(page.locator("main")).to_contain_text("没有待办")
