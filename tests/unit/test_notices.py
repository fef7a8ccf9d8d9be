from perf_pipeline.reports.notices import combine_notices


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
