from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

Visit = Callable[..., Page]
pytestmark = pytest.mark.browser

OVERLAPS = """() => {
  const boxes = [...document.querySelectorAll('.label:not(.is-hidden)')].map(each => each.getBoundingClientRect());
  const apart = (one, other) => one.right - 1 <= other.left || one.bottom - 1 <= other.top;
  return boxes.filter((one, at) => boxes.slice(at + 1).some(other => !apart(one, other) && !apart(other, one))).length;
}"""
NAMED = f"() => [document.querySelectorAll('.label:not(.is-hidden)').length, ({OVERLAPS})()]"
NAME_ON_A_STATION = """async () => {
  const {lng, lat} = map_grid.getCenter(), {name} = await import('/static/js/labels.js');
  const {items: [{point: [lon, at]}]} = await (await fetch(`/api/v1/stations/nearest?lon=${lng}&lat=${lat}`)).json();
  name([{key: 'here', name: '站上的名称', note: '', tint: '1', at: [lon, at], bounds: map_grid.getBounds()}], []);
  const place = map_grid.latLngToContainerPoint([at, lon]), map = map_grid.getContainer().getBoundingClientRect();
  const {left, right, top, bottom} = document.querySelector('.label').getBoundingClientRect();
  const x = place.x + map.left, y = place.y + map.top;
  return Math.hypot(Math.max(left - x, 0, x - right), Math.max(top - y, 0, y - bottom));
}"""
"""How far in pixels a name is put from a station in whose middle it belongs."""
DISC_PX = 10
FIT_ZOOM = 15
PAINTED = """() => [...document.querySelectorAll('canvas.leaflet-tile-loaded')].reduce((sum, canvas) => {
  const {data} = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
  return sum + data.filter((value, part) => part % 4 === 3 && value > 0).length;
}, 0)"""
TO_COMMUNITY = """async () => {
  const [{box: [west, south, east, north]}] = await (await fetch('/map/longze/search?q=山海社区')).json();
  map_grid.fitBounds([[south, west], [north, east]], {animate: false});
}"""
SMALL = """() => [...document.querySelectorAll('.bottom-bar button, .row, #locate, #search-text, #layers summary')]
  .filter(each => each.offsetParent && each.getBoundingClientRect().height < 44).map(each => each.className || each.id)"""
SIDEWAYS = "() => document.documentElement.scrollWidth > window.innerWidth"


@pytest.mark.parametrize("phone", [False, True])
@pytest.mark.parametrize(("language", "sentence"), [("zh", "示意数据(合成)"), ("en", "Demonstration data (synthetic)")])
def test_the_map_opens_in_both_languages_on_desk_and_phone_and_says_that_its_data_are_synthetic(
    visit: Visit, phone: bool, language: str, sentence: str
) -> None:
    page = visit(f"/map/longze?lang={language}", phone=phone)
    expect(page.locator(".synthetic")).to_have_text(sentence)
    expect(page.locator(".synthetic")).to_be_in_viewport()
    expect(page.locator("path.unit")).to_have_count(3)


@pytest.mark.parametrize("phone", [False, True])
def test_nothing_is_wider_than_the_screen_and_no_name_touches_another(visit: Visit, phone: bool) -> None:
    page = visit("/map/hostile", phone=phone)
    assert not page.evaluate(SIDEWAYS)
    assert page.evaluate(OVERLAPS) == 0


@pytest.mark.parametrize("phone", [False, True])
def test_names_never_touch_however_close_one_comes(visit: Visit, phone: bool) -> None:
    page = visit("/map/longze", phone=phone)
    found = {}
    for row in (".row", None):
        for closer in range(4):
            found[row, closer] = page.evaluate(
                f"() => {{ map_grid.setZoom({FIT_ZOOM} + {closer}, {{animate: false}}); return ({NAMED})(); }}"
            )
        if row:
            page.locator(row).first.click()
            expect(page.locator("#unit-name")).to_have_text("龙泽书苑一网格")
    assert {at: touching for at, (_, touching) in found.items()} == dict.fromkeys(found, 0)
    assert all(any(shown for (row, _), (shown, _) in found.items() if row == look) for look in (".row", None))


@pytest.mark.parametrize("signed_in", [False, True], ids=["stations alone", "lanes and spaces all around"])
def test_a_name_steps_aside_where_it_would_hide_a_station(visit: Visit, signed_in: bool) -> None:
    page = visit("/map/longze", signed_in=signed_in)
    page.wait_for_function("() => !ground_own.things._loading && document.querySelectorAll('canvas.leaflet-tile-loaded').length > 3")
    assert page.evaluate(NAME_ON_A_STATION) >= DISC_PX


def test_the_base_map_is_painted_from_the_services_own_tiles(visit: Visit) -> None:
    page = visit("/map/longze")
    page.wait_for_function("() => document.querySelectorAll('canvas.leaflet-tile-loaded').length > 3")
    assert page.evaluate(PAINTED) > 1000


def test_a_row_opens_its_unit_without_a_new_page_and_the_back_button_returns(visit: Visit) -> None:
    page = visit("/map/longze")
    page.evaluate("() => { window.same = true; }")
    whole = page.locator("#unit-name").inner_text()
    page.locator(".row").first.click()
    expect(page.locator("#unit-name")).to_have_text("龙泽书苑一网格")
    assert "unit=" in page.url
    assert page.title().startswith("龙泽书苑一网格")
    page.go_back()
    expect(page.locator("#unit-name")).to_have_text(whole)
    assert page.evaluate("() => window.same")


def test_a_shared_address_shows_the_same_as_drilling_down(visit: Visit) -> None:
    page = visit("/map/longze")
    page.locator(".row").first.click()
    expect(page.locator("#unit-name")).to_have_text("龙泽书苑一网格")
    fragment, address = page.locator("#panel-body").inner_text(), page.url
    page.goto(address)
    page.wait_for_selector("body[data-ready]")
    assert page.locator("#panel-body").inner_text() == fragment


def test_a_press_on_a_unit_opens_it(visit: Visit) -> None:
    page = visit("/map/hostile")
    box = page.locator("path.unit.tint-2, path.unit").nth(2).bounding_box()
    assert box is not None
    page.wait_for_timeout(400)
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 4)
    page.wait_for_url(re.compile("unit="))


def test_pointing_at_a_row_lights_its_unit_and_pointing_at_a_unit_lights_its_row(visit: Visit) -> None:
    page = visit("/map/longze")
    page.locator(".row").nth(1).hover()
    expect(page.locator("path.unit.is-lit")).to_have_count(1)
    page.mouse.move(5, 5)
    expect(page.locator(".row.is-lit")).to_have_count(0)
    page.locator("path.unit").nth(2).hover()
    expect(page.locator(".row.is-lit")).to_have_count(1)


def test_the_keyboard_searches_walks_the_list_opens_and_goes_up(visit: Visit) -> None:
    page = visit("/map/longze")
    page.keyboard.press("/")
    expect(page.locator("#search-text")).to_be_focused()
    page.keyboard.press("Escape")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    expect(page.locator(".row").nth(1)).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#unit-name")).to_have_text("龙泽书苑二网格")
    page.keyboard.press("Escape")
    expect(page.locator("#unit-name")).to_have_text("山海社区")


def test_search_finds_a_building_by_name_and_shows_it_in_its_unit(visit: Visit) -> None:
    page = visit("/map/longze")
    page.fill("#search-text", "3号楼")
    page.locator("#search-hits li").first.click()
    expect(page.locator("path.lit-building")).to_have_count(1)
    assert "box=" in page.url


def test_search_without_a_find_says_so(visit: Visit) -> None:
    page = visit("/map/longze?lang=en")
    page.fill("#search-text", "nowhere at all")
    expect(page.locator("#search-hits")).to_contain_text("Nothing here has this name or code.")


def test_households_are_shown_to_their_leader_and_named_as_hidden_to_a_stranger(visit: Visit) -> None:
    expect(visit("/map/longze").locator(".cards")).to_contain_text("登录后可见")
    cards = visit("/map/longze", signed_in=True).locator(".cards")
    expect(cards).to_contain_text("875")


def test_the_cards_are_the_sums_of_the_rows(visit: Visit) -> None:
    page = visit("/map/longze", signed_in=True)
    figures = [re.sub(r"\D", "", text) for text in page.locator(".row-figures b").all_inner_texts()]
    assert sum(int(figure) for figure in figures if figure) == 875


def test_what_is_not_recorded_is_a_dash_that_says_so(visit: Visit) -> None:
    figure = visit("/map/longze", signed_in=True).locator(".row", has_text="其余地面").locator(".row-figures b")
    expect(figure).to_have_attribute("title", "户数未登记")
    expect(figure).not_to_contain_text("0")


def test_the_first_view_shows_that_it_waits_and_fits_when_it_can(visit: Visit) -> None:
    page = visit("/map/longze", phone=True)
    expect(page.locator("#progress")).to_be_hidden()
    expect(page.locator(".layers-card")).to_be_hidden()
    page.set_viewport_size({"width": 390, "height": 600})
    page.wait_for_timeout(400)
    box = page.locator("path.outline").bounding_box()
    assert box is not None
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 390


def test_borders_two_levels_down_appear_as_one_comes_closer(visit: Visit) -> None:
    page = visit("/map/longze")
    page.locator(".crumbs a").first.click()
    expect(page.locator("#unit-name")).to_have_text("崂山区")
    expect(page.locator("[data-title=deeper]")).to_have_text("社区")
    page.locator("[name=base][value=blank]").check()
    page.evaluate(TO_COMMUNITY)
    page.wait_for_function("() => !ground_own.isLoading()")
    page.wait_for_timeout(500)
    assert page.evaluate(PAINTED) > 200


def test_layers_of_a_phone_make_room_for_themselves(visit: Visit) -> None:
    page = visit("/map/longze", phone=True)
    page.locator("#layers summary").tap()
    page.wait_for_timeout(350)
    card, sheet = page.locator(".layers-card").bounding_box(), page.locator("#panel").bounding_box()
    assert card is not None
    assert sheet is not None
    assert card["y"] + card["height"] <= sheet["y"]


def test_ground_that_no_grid_covers_stands_in_the_list_as_what_it_is(visit: Visit) -> None:
    expect(visit("/map/longze").locator(".row").last).to_contain_text("其余地面")


def test_the_time_slider_shows_the_borders_of_an_edition_and_comes_back(visit: Visit) -> None:
    page = visit("/map/hostile")
    now = page.locator("path.unit").nth(2).get_attribute("d")
    page.click("#timeline summary")
    page.locator("#timeline-slider").press("ArrowLeft")
    expect(page.locator(".history")).to_contain_text("2020-01-01")
    assert "as_of=2020-01-01" in page.url
    assert page.locator("path.unit").nth(2).get_attribute("d") != now
    page.locator(".history a").click()
    expect(page.locator(".history")).to_have_count(0)


def test_a_failed_request_keeps_the_view_and_offers_to_try_again(visit: Visit) -> None:
    page = visit("/map/longze")
    page.route("**/panel?*", lambda route: route.abort())
    page.locator(".row").first.click()
    expect(page.locator("#toast")).to_contain_text("连接不上服务")
    expect(page.locator("#unit-name")).to_have_text("山海社区")
    page.unroute("**/panel?*")
    page.locator("#toast button").click()
    expect(page.locator("#unit-name")).to_have_text("龙泽书苑一网格")


def test_a_jurisdiction_without_units_says_what_to_do_next(visit: Visit) -> None:
    page = visit("/map/empty")
    expect(page.locator(".empty code")).to_contain_text("gridsvc import units")
    expect(page.locator("#layers")).to_be_hidden()


def test_my_position_is_shown_where_the_browser_gives_it(visit: Visit) -> None:
    page = visit("/map/hostile", geolocation={"longitude": 120.002, "latitude": 30.001, "accuracy": 12}, permissions=["geolocation"])
    page.click("#locate")
    expect(page.locator("path.you-dot")).to_have_count(1)
    expect(page.locator("#live")).to_contain_text("12")


def test_a_refused_position_is_a_sentence(visit: Visit) -> None:
    page = visit("/map/hostile?lang=en")
    page.click("#locate")
    expect(page.locator("#toast")).to_contain_text("position")


def test_layers_can_be_hidden_and_the_ground_made_blank(visit: Visit) -> None:
    page = visit("/map/longze")
    page.locator("[data-layer=units]").uncheck()
    expect(page.locator("path.unit").first).to_be_hidden()
    page.locator("[name=base][value=blank]").check()
    expect(page.locator("#map_grid")).to_have_class(re.compile("is-blank"))


def test_a_press_outside_says_whose_ground_it_is(visit: Visit) -> None:
    page = visit("/map/longze")
    page.locator(".row").first.click()
    expect(page.locator("#unit-name")).to_have_text("龙泽书苑一网格")
    page.wait_for_timeout(600)
    page.mouse.click(430, 500)
    expect(page.locator(".leaflet-popup")).to_contain_text("山海社区")


def test_the_sheet_of_the_phone_has_three_heights_and_large_targets(visit: Visit) -> None:
    page = visit("/map/longze", phone=True)
    heights = []
    for part in ("map", "list"):
        page.locator(f"[data-part={part}]").tap()
        page.wait_for_timeout(350)
        heights.append(page.evaluate("() => document.getElementById('panel').offsetHeight"))
    low, high = heights
    assert low < high / 4
    assert page.evaluate(SMALL) == []
