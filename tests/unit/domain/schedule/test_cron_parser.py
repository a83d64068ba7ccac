"""What a cron expression means, in five fields of plain numbers."""

import pytest

from lowtide.domain.schedule.cron import parse_cron


@pytest.mark.parametrize(
    ("text", "normalized"),
    [
        pytest.param("0 8 * * MON-FRI", "0 8 * * 1,2,3,4,5", id="names in capitals"),
        pytest.param("0 8 * * monday,Tues", "0 8 * * 1,2", id="long names in any case"),
        pytest.param("0 8 * * 1-5", "0 8 * * 1,2,3,4,5", id="numbers: 1 is Monday"),
        pytest.param("0 8 * * 0,7", "0 8 * * 0", id="0 and 7 are Sunday"),
        pytest.param("0 8 * * 5-7", "0 8 * * 0,5,6", id="a range that ends with 7"),
        pytest.param("0 8 * * fri-mon", "0 8 * * 0,1,5,6", id="a weekday range that wraps"),
        pytest.param("0 8 * * SUN-MON", "0 8 * * 0,1", id="a range that begins with Sunday"),
        pytest.param("0 8 * * 5-1/2", "0 8 * * 0,5", id="a wrapped range with a step"),
        pytest.param("0 8 * * mon/12", "0 8 * * 1", id="a step beyond the week"),
        pytest.param("0 8 * * 0/7", "0 8 * * 0", id="a step from Sunday over the week"),
        pytest.param("0 22-6/4 * * *", "0 2,6,22 * * *", id="hours that wrap past midnight"),
        pytest.param("1/10 * * * *", "1,11,21,31,41,51 * * * *", id="a step with two digits"),
        pytest.param("1/15 * * * *", "1,16,31,46 * * * *", id="a step of fifteen from one"),
        pytest.param("2/30 * * * *", "2,32 * * * *", id="a step of thirty from two"),
        pytest.param("0 9 15,L 2 *", "0 9 15,L 2 *", id="the last day of a month"),
        pytest.param("0 9 * nov-FEB *", "0 9 * 1,2,11,12 *", id="months that wrap"),
        pytest.param("0 9 1 * MON", "0 9 1 * 1", id="both day fields"),
        pytest.param("0 0-23 1-31 1-12 0-6", "0 * * * *", id="everything is a star"),
        pytest.param("cron(0 8 ? * 2-6 *)", "0 8 * * 1,2,3,4,5", id="AWS's Monday is 2"),
        pytest.param("cron(0 8 ? * SUN *)", "0 8 * * 0", id="AWS's names"),
        pytest.param("cron(0 8 ? * 7-1 *)", "0 8 * * 0,6", id="AWS's weekend wraps"),
        pytest.param("cron(0 8 L * ? *)", "0 8 L * *", id="AWS's last day"),
        pytest.param("cron(0/15 8 ? * * *)", "0,15,30,45 8 * * *", id="AWS's step"),
    ],
)
def test_an_expression_has_one_meaning(text: str, normalized: str) -> None:
    assert parse_cron(text).normalized == normalized


def test_a_text_of_more_than_500_characters_is_not_read() -> None:
    with pytest.raises(ValueError, match="609 characters; at most 500"):
        parse_cron(f"{'0,' * 300}0 8 * * *")
