"""Traditional characters (繁體字) as simplified ones: for labels and words that are looked up.

Only what forms, ledgers and registers say in headings and choices; values are kept as written.
"""

from __future__ import annotations

# each traditional character with its simplified one behind it
_PAIRS = (
    "憑凭證证號号項项資资備备註注單单萬万億亿圓元計计幣币額额賬账帳账戶户東东鎮镇鄉乡區区縣县"
    "級级類类別别總总數数調调訪访辦办結结責责應应時时間间來来電电話话網网滿满質质與与個个據据"
    "實实際际標标準准績绩產产濟济態态環环續续對对務务達达價价專专經经費费財财預预執执進进書书"
    "貸贷餘余轉转撥拨歸归屬属貨货條条關关係系領领導导發发還还緊紧採采購购紀纪錄录編编製制審审"
    "覈核補补貼贴設设維维護护檢检測测蓋盖練练擴扩術术業业員员訓训題题場场衛卫療疗農农車车輛辆"
    "門门戰战階阶現现報报終终銷销沖冲紅红廢废無无會会選选擇择適适評评週周願愿聯联絡络線线驗验"
    "匯汇幾几處处優优異异佔占僅仅減减較较運运營营規规劃划請请繳缴稅税債债權权認认買买賣卖給给"
    "開开啟启閉闭齊齐雙双邊边併并協协議议監监罰罚問问讓让繼继學学習习擬拟幹干寧宁圍围壓压縮缩"
    "節节約约"
    "敗败絕绝駁驳過过確确記记見见復复複复統统碼码負负曉晓動动點点機机庫库種种體体傳传決决刪删損损"
    "職职長长險险須须識识訴诉誤误說说論论講讲糾纠紛纷綜综裝装贈赠頭头徑径輔辅鐵铁礎础穩稳趨趋諾诺"
    "勢势攝摄桿杆"
    "稱称簽签團团圖图別别衆众顯显狀状當当歲岁歷历檔档務务勞劳參参舉举麗丽網网聲声覽览訂订價价"
)
_TABLE = str.maketrans(dict(zip(_PAIRS[::2], _PAIRS[1::2], strict=True)) | {"仟": "千", "佰": "百"})


def simplified(text: str) -> str:
    """Write a label's traditional characters as simplified ones: 憑證號 is 凭证号."""
    return text if text.isascii() else text.translate(_TABLE)
