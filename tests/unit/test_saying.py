"""A reason says something; an acknowledgement does not."""

import pytest

from perf_pipeline.domain.saying import says_something


@pytest.mark.parametrize(
    "words",
    [
        *("知道了", "收到", "已阅", "收到，正在处理", "好的，尽快落实", "已知悉，我们会认真整改。"),
        *(
            "同意",
            "ok",
            "OK!!",
            "。。。。。。",
            "",
            None,
            "啊啊啊啊啊啊啊",
            "情况属实",
            "同上",
            "111111",
        ),
        *("noted, done", "进一步加强工作", "已收悉并高度重视", "按要求整改", "请尽快办理"),
    ],
)
def test_empty_words_are_no_reason(words: str | None) -> None:
    assert not says_something(words)


@pytest.mark.parametrize(
    "words",
    [
        *("6月底前加固57处", "供货商延期交货，合同推迟到8月签订", "资金于5月20日才下达"),
        *("机构改革后人员未到位，7月起补招2人", "设备招标流标一次，重新公告"),
        *("招标延期", "人员不足", "雨季停工", "按月支付", "已报市财政局"),
        *("Supplier late, contract moved to August", "天气原因停工两周"),
    ],
)
def test_reasons_are(words: str) -> None:
    assert says_something(words)
