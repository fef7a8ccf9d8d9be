"""What every made-up file says of itself: a message for people, so it has a translation."""

HOW = "按固定种子随机生成，非真实数据，仅供演示"
NOTICE = f"模拟数据：{HOW}"
