import pytest

from gridsvc.domain.area_codes import same_name


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("山海社区", "山海社区居民委员会"),
        ("羊毫街社区居民委员会", "羊毫街"),
        ("东华门街道", "东华门街道办事处"),
        ("王家庄村村民委员会", "王家庄村委会"),
        ("Ａ 区", "A区"),
    ],
)
def test_the_name_of_an_area_may_be_long_or_short(one: str, other: str) -> None:
    assert same_name(one, other)
    assert same_name(other, one)


@pytest.mark.parametrize(("one", "other"), [("山海社区", "海山社区"), ("社区", "村"), ("", "甲"), ("一村", "二村")])
def test_another_area_has_another_name(one: str, other: str) -> None:
    assert not same_name(one, other)
