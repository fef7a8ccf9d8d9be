from perf_pipeline.reports.notices import combine_notices, made_up


def test_files_that_say_the_same_are_named_together() -> None:
    said = [
        "支付台账（模拟数据）",
        "信访事项台账（模拟数据）",
        "本文件为演示重写。",
        "支付台账（模拟数据）",
    ]
    assert combine_notices(said) == "模拟数据（支付台账、信访事项台账）；本文件为演示重写。"


def test_no_notice_is_none() -> None:
    assert combine_notices([]) is None
    assert combine_notices([" "]) is None


def test_what_is_published_says_that_figures_are_made_up_and_nothing_else() -> None:
    assert made_up(["支付台账（模拟数据，仅供演示）", "信访（模拟数据）"]) == "模拟数据，仅供演示"
    assert made_up(["模拟数据（由程序生成）"]) == "模拟数据"
    assert made_up(["支付台账（2024）.xlsx（模拟数据）"]) == "模拟数据"
    assert made_up(["注：本表由张三填写，电话13800000000"]) is None
