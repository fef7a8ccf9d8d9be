"""What the words of an indicator's name say of it: sought, wanted little, or neither surely.

Chinese names end with their head, so that the last telling word decides: of 投诉处理率 that is
处理, which is sought; of 处理差错率 it is 差错. What is bad has more names than anybody lists;
therefore a name says that its figure is sought only where a word of `SOUGHT` says so and all that
follows it is known to be neutral: a counting word, those it is done for, or a thing that is made
(新增停车泊位数, but not 抽检阳性数), or where it is nothing but what is provided (图书册数).
Whatever else a name may say is asked about.
"""

from __future__ import annotations

import re
from enum import Enum, unique
from functools import lru_cache
from typing import NamedTuple

from perf_pipeline.domain.patterns import compiled_later


@unique
class Meaning(Enum):
    """What a word says of what a name's figure should be."""

    SOUGHT = "sought"  # the more the better
    CURES = "cures"  # likewise, and what stands before it is the ill (违规查处)
    TOLD = "told"  # sought as a rate alone; as a count it comes by itself (登记对数)
    MORE = "more"  # more of what stands before it, or of what follows it at a name's beginning
    LESS = "less"  # likewise
    LITTLE = "little"  # the less the better
    HELPED = "helped"  # those to whom good is done: what ails them is no ill (帮扶失业人数)
    SPOILED = "spoiled"  # denies or spoils the word behind it (未完成, 违规采购)
    DOUBTFUL = "doubtful"  # neither is surely good, but its fall is
    NOTHING = "nothing"  # holds one of these words and means something else (不动产)


# what comes in or is saved
GAINED = (
    "收入 税收 税入 增收 创收 营收 税收 收益 产值 总值 GDP 利润 利税 盈利 分红 销售 成交 营业 "
    "节约 节省 节支 降低 下降 减少 压减 压缩 缩减"
)
LITTLE = (
    "投诉 事故 差错 故障 失误 错误 逾期 违规 违约 返工 发病 死亡 失业 辍学 返贫 流失 复发 空置 "
    "犯罪 发案 超标 漏报 误报 延误 信访 上访 重污染 火灾 偏差 超支 损耗 漏损 缺陷 不良 不合格 "
    "退货 超期 超时 伤亡 受伤 贫困发生 能耗 水耗 电耗 油耗 物耗 药耗 气耗 煤耗 排放 噪声 噪音 "
    "等候人 等待人 PM2.5 PM10 违纪 违法 脱管 漏管 舆情 拖欠 泄密 隐患 截留 挪用 挤占 遗漏 浪费 "
    "感染 疫情 欺凌 霸凌 斗殴 恐惧 恐慌 焦虑 冲突"
)
_LESS = "降低 下降 减少 压减 压缩 缩减 削减 减轻 缩短 裁撤 裁减 撤销 撤并 关闭 关停 精简"
_SAVED = " ".join(each for each in GAINED.split() if each not in _LESS.split())
_WORDS = {
    Meaning.LITTLE: LITTLE,
    Meaning.SOUGHT: (
        f"{_SAVED} "
        "编制 活动场次 体育场地 科学素质 粮食产量 粮食产能 单产 新增停车 新增泊位 新增车位 "
        "新增床位 新增岗位 新增绿地 新增公园 新增充电 新增公厕 新增藏书 新增馆藏 新增图书 "
        "新增产能 新增粮食 新增耕地 新增市场 新增经营 新增高新 新增规上 新增设施 新增设备 "
        "新增监控 新增线路 新增里程 竣工 解答 授课 加工 捐赠物资 创业 修补 办结 新增路灯 "
        "新增养老 新增特色 覆盖 抽查 抽检 抽样 普及 参与 参加 贡献 回报 就业 达标 完成 "
        "完工 实现 履行 出勤 清扫 满意 合格 及格 优良 优秀 良好 通过 准确 正确 及时 "
        "按时 按期 准时 如期 知晓 认可 好评 获得感 安全感 幸福感 参保 参审 参评 保险 "
        "入学 升学 巩固率 毕业 在线 到位 支付率 支付进度 执行率 安排率 拨付 发放 足额 "
        "完好 正常 运行 规范 完整 齐全 有效 可用 利用 使用率 共享 响应 回复 答复 反馈 "
        "办理 结案 降幅 减排 节能 节水 节电 防护 防疫 防汛 防火 防灾 减灾 救灾 "
        "抗旱 治愈 修缮 修建 修订 维修 维护 养护 管护 保护 保养 救援 应急 演练 破案 "
        "抢修 抢险 抢救 清除 清运 清淤 打假 拦截 返还 归还 回收 收集 收运 再生 重建 "
        "改造 改建 改良 改善 改革 提质 更新 新建 新造 新设 建设 建成 建立 建档 建册 "
        "兴建 扩建 创建 创作 创新 开展 开通 开设 开发 开放 举办 承办 组织 购置 采购 "
        "配备 配置 配套 安装 部署 上线 印制 印发 印刷 制作 制定 编纂 出版 刊发 发表 "
        "发布 推送 宣传 宣讲 播出 播放 展出 展览 展示 演出 放映 培训 培养 培育 教育 "
        "教学 研学 研究 研发 研修 调研 学习 讲座 辅导 指导 咨询 巡察 巡检 巡逻 巡护 "
        "检测 检验 检疫 测评 评查 评审 评估 评价 审计 审查 审核 审理 核查 核验 普查 "
        "调查 筛查 体检 随访 访视 走访 接种 签约 诊疗 诊治 治疗 管理率 管理人数 服药 "
        "素养 报销比例 免疫 入园 接入 联网 连通 通车 通达 供水 供电 供气 保供 储备 "
        "种植 栽植 造林 绿化 复绿 灌溉 播种 盖度 新能源 列养 加固 减量 受益 惠及 带动 "
        "引进 招引 招聘 招录 引导 推广 推荐 示范 认证 授权 注册 签订 签署 落地 落实 "
        "投产 投入使用 交付 验收 招生 录取 入选 获奖 取得 务工 入住 入户 到访 流转 "
        "接待游客 参观 借阅 阅读 流通 服务 便民 援助 接访 报道 可办 接通 准点 亮灯 "
        "保障 安置 兑现 拨款 到账 支持 扶持 培优 巡回 送戏 送教 捐赠 募集 融资 投资额 "
        "出口 进口额 成活 存活 出栏 增产 自给 良种 达到 湿地保有 耕地保有 森林保有 "
        "游客增长 游客接待 游客人次 观众人次 读者人次 保存 持证 专职 双师 机械化 标准化 "
        "信息化 数字化 规模化 城镇化 电子化 无害化 资源化 绿色 优质 名优 得分 评分 优等 "
        "合格证 适配 探视 慰问活动 拥有 管控 新型 先进 文明 首次 认领 采纳 采用 应用 "
        "自动化 可持续 性能指数 投入强度 高新技术 结题 控辍 保学 息诉 有罪判决 科普 党建 "
        "义诊 下乡 座谈 路演 汇演 保洁 值班 值守 展演 巡演 巡展 巡诊 投放 布设 铺设 "
        "敷设 更换 硬化 疏通 养殖 运营 聘用 招收 播发 推文 整理 修剪 抚育 补植 植树 "
        "还田 打井 配送 讲解 奖补 放流 育苗 普法 献血 快检 抽验 受资助 扫描 著录 编目 "
        "维保 运维 召开 到馆 诊断 检定 直播 贴息 疏浚 整编 结业 结课 开工 正点 网办 "
        "合规 取证 稳定率 下达率 就餐 门诊人次 保费补贴 惠企 惠民 惠农 助企 入库 储备率 "
        "学位 托位 游客量 接待量 优良天数 优良水体 新能源车辆占比 美化 亮化 净化 租赁补贴 "
        "优抚 抚恤 承保 深翻 整地 搬迁 修路 编发 编写 撰写 访问 点击 阅览 查阅 受众 "
        "参训 早发现率 规范化 帮助 宣教 竞赛 比赛 联赛 赛事 展会 节会 论坛 讲堂 课堂 "
        "轮训 集训 实训 见习 实习 结对 筹集 招商 引资 引才 育才 孵化 转让 专利 发明 "
        "著作 成果 投资 消费品零售 增加值 参赛 参展 对接 会商 调处 侦办 侦结 审结 执结 "
        "办案 公开 共建 联建 联创 互助 慈善 义务 助老 助困 送温暖 代办 帮办 督导 督促 "
        "考核 考试 测试 验证 试验 试点 巡林 护林 护路 护河 巡河 巡湖 巡山 管理 监理 "
        "监督 新招 增设 增殖 补建 补种 改种 复垦 复耕 轮作 改厕 改水 通水 通电 通气 "
        "通网 覆盖面 评选 表彰 奖励 命名 挂牌 颁发 赠送 寄送 送达 派送 派驻 选派 选调 "
        "选育 推介 展销 续建 续保 续签 投保 结算率 提供 供给 供应 输送 运输 收储 收购 "
        "布点 张贴 拍摄 录制 勘查 勘察 勘测 测绘 设计 立项 入账 收治 康复 手术 查体 "
        "产检 初筛 复筛 建卡 保健 急救 搜救 巡防 矫治 安帮 解纷 普惠 客运量 货运量 "
        "吞吐量 上座率 出租率 入住率 开机率 审计报告 审核报告 评估报告 评价报告 检测报告 "
        "检验报告 调研报告 研究报告 调查报告 普查登记 设计报告 咨询报告 训练 装配 孕检 婚检 "
        "招募 订阅 编撰 编译 采血 钻探 深松 人工增雨 超载检测 超速检测 新增粮食产能 开放时间"
    ),
    Meaning.CURES: (
        "处理 处置 查处 解决 整改 化解 调解 整治 治理 排查 打击 纠正 清收 清退 清理 "
        "拆除 消除 消灭 防治 防控 防范 预防 监测 监控 监管 修复 救治 戒毒 禁毒 督办 "
        "督查 曝光 追回 挽回 侦破 破获 查获 查办 检查 巡查"
    ),
    Meaning.TOLD: (
        "登记 报告 上报 申报 受理 认定 就诊 录入 归集 采集 举报 立案 审批 发现 查出 检出 识别"
    ),
    Meaning.MORE: "增长 增加 增速 增幅 增多 上升 提高 提升 扩大 升级 转化 恢复 成功",
    Meaning.LESS: _LESS,
    Meaning.HELPED: (
        "帮扶困难 慰问困难 救助困难 资助困难 "
        "帮扶 帮教 救助 救济 资助 补助 补贴 补偿 慰问 关爱 关怀 供养 赡养 照护 照料 护理 托养 "
        "收治 收养 助学 助残 助医 脱贫 结对 代缴"
    ),
    Meaning.SPOILED: (
        "不 未 无 非 没 零 难 待 需 乱 滥 假 虚假 虚报 伪造 重复 盲目 擅自 私自 非法 无效 负面 "
        "失实 终止 骗取 套取 冒领 超范围 超标准 超预算 超概算 责令 限期 中止 取消 公务用车 "
        "停止 暂停 拒绝 延期 延迟 推迟 滞后 带病 违章 超速 超载 超员 冒名 过度"
    ),
    Meaning.DOUBTFUL: (
        "支出 经费 费用 成本 开支 价格 负担 债务 负债 矛盾 纠纷 浓度 案件 警情 会议 库存 用水 用电 "
        "用气 用能 消耗 风险 污染 用量 建成区 验收整改 编制数 编制床 编制人 编制员 行政编制 "
        "事业编制"
    ),
    Meaning.NOTHING: (
        "不动产 不间断 不锈钢 无障碍 无偿 无人机 无线 非遗 非物质 非公 非税 未成年 未来 困难 疑难 "
        "接待 招待 期待 待遇 需求 生产"
    ),
}
_MEANING = {word: meaning for meaning, words in _WORDS.items() for word in words.split()}
_LONGEST_FIRST = sorted(_MEANING, key=len, reverse=True)
_WORD = compiled_later("|".join(map(re.escape, _LONGEST_FIRST)))
_GOOD = (Meaning.SOUGHT, Meaning.CURES, Meaning.HELPED, Meaning.MORE)
# what may stand behind what there should be little of: 投诉率, 事故发生起数
_TAIL = re.compile(
    "(?:发生|贷款|年均)*(?:率|量|强度|浓度|[次起件人天]?数|件次|人次|数量|天数|工单|批次)?$"
)
_COUNT = (
    "[人户件次场个项条座家处台套份期篇册本班批种类棵株盏栋间头只组幅亩对卷页名门口课学笔趟轮遍届辆段块起宗例笔"
    "盒张片支首部集点村站室生员]{0,2}(?:数量?|总数|次数?)|(?:[人批场频班期件航车台]次)|总?[数量额值]量?|规模|总?面积|里程"
    "|总?长度|金额|总额|额度|资金|项目|工程|工作|任务|活动|事项|种类|情况|[天时]数|课时|学时|进度|的"
)
_THOSE = (
    "人员?|人口|学生|学员|教师|师生|老师|干部|职工|员工|群众|居民|村民|农民|农户|户|家庭|家?企业|单位|机构"
    "|部门|学校|医院|社区|小区|行政村|村|乡镇|街道|对象|儿童|妇女|老人|老年人|青年|青少年|残疾人|患者|病人"
    "|专家|队伍|党员|市民|游客|用户|合作社|案件|案|课程|资料|材料|样[本品]|产品|设备|设施|系统|数据|信息|技术|规划"
    "|能力|效率|意识|水体|河道|稿件|短信|古籍|条目|土?方量|骨干|文艺|传承人|困境|扶持|报告|公报|苗木|字画"
    "|茶农|方案|标准|制度|图书|档案|论文|专利|品种|药品|食品|商品|农产品|志愿者|器具|贷款|公积金|展板|视频|电影|微电影|节目|路灯|公厕|老旧|专职|基层|农村|专业|职业|技能"
)
_BAD = re.compile(
    "[病死伤亡损破漏害灾犯罪废堵裂欠亏坏荒贫失辍逃违误错退劣污塌断滞闲空虚假骗盗赌毒暴瞒迟缺差险诈诉超拥挤弃拒败负"
    "停罚烂危跑关跳摘撤未不无返溺肇抛搁礁赝谎溃宕渗掉坠崩毁枯涝淹溢锈]|取消|问题|末位|困难|阳性|异常|上访|积案|占道|改判|发回|离线|压线|爆管|积水|过期|变质|侵权|召回|残|涉[案毒水险]|低电压|复吸"
)
_THING = compiled_later(  # made or kept, whatever stands before it: 停车泊位, 充电桩
    f"(?![㐀-鿿]*(?:{_BAD.pattern}))"
    "[㐀-鿿]{0,7}(?<![翻撞沉脱越占倒烧移盲痛疑黑弱火热扣灭闭封短绕迷臭决])"
    "(?:[堂梁端防桩桶厕会报船所院校机车房站室馆场园路桥灯管网器仪柜床位点厅亭棚舍楼栓桌椅舟艇袋被篷梯"
    "苗木树林草田地渠沟塘坝井泵阀港线缆屏书箱带塔堤岸道街区库河湖]"
    "|基地|中心|礼堂|广场|水厂|平台|建筑|村庄|水域|探头|喇叭|房间|车间|热线"
    "|(?<![产药食商次])品|[㐀-鿿]{2}(?<!人)员)"
)
# provided for good by nothing but their name; vehicles, staff and meetings may be limited
_PROVIDED = compiled_later(
    "(?:设备|设施|(?:监控)?(?:摄像头|探头)|仪器|器材|器具|图书|藏书|教材|报刊|期刊|展品|藏品|展板|宣传品|宣传册|课题|课程|讲座"
    "|节目|作品|论文|报告|软件|系统|平台|网点|(?:养老|护理|托育)?床位|泊位|停车位|公厕|路灯|充电桩|座椅|书屋)+"
    f"(?:{_COUNT})*"
)
_NEUTRAL = compiled_later(f"(?:{_THOSE}|{_THING.pattern}|{_COUNT})*")
_COUNTS = compiled_later(f"(?:{_COUNT}|能力|水平|质量|效率|意识|程度|事件|现象|行为|感|率|度)*")
_OF_ILL = compiled_later(  # 占道经营处数, but not 病床 and 停车位
    f"(?!关[系注联键怀]|空[间气中]|停车|超市|退[休役])(?:{_BAD.pattern}|时限|耗|利息)(?![床房车位室所站])[㐀-鿿]{{0,2}}?(?:{_COUNTS.pattern})$"
    "|(?<![消免])费(?:支出)?$"
)
_RATE = re.compile(f"(?:{_COUNT}|质量|产品|断面)?(?:率|比例|比率|百分比|指数|系数)")
_DEGREE = re.compile("(?:度|性|面|水平|程度)?")
_NOTE = re.compile(  # a unit, or room for a value, in brackets
    "[（(](?:产出|效益|目标|按月平均|[^（）()]*[≥≤<>=＞＜%％*＊_].*?"
    "|[百千万亿]*(?:人次|平方米|公里|千米|立方米|[个人户亩次场件篇册条座家处台套份期批头只吨元年天辆]))[）)]"
)
_NO_BRACKETS = dict.fromkeys(map(ord, "（）()"))
_BEGINNING = re.compile("(?:指标[0-9]*[:：.])?(?:[较比][上去]年|同比|[全每本当]?年|年均|累计|净)*")
# what stands before it is done wrongly or not at all: 违规采购, 超期办理
_ASKEW = re.compile("[违超逾误错不漏截挪挤拖]")
_LATE = re.compile("[超逾][期时]")
_ILL = (Meaning.LITTLE, Meaning.DOUBTFUL)
_WAYS = (Meaning.MORE, Meaning.LESS)
_HAN = re.compile("[㐀-鿿（）()]*")


def looks_bad(name: str) -> bool:
    """Guess, for a person to confirm, that there should be little of what a name says."""
    return meaning_of(name) is Meaning.DOUBTFUL or _BAD.search(name) is not None


@lru_cache(maxsize=1 << 14)
def meaning_of(name: str) -> Meaning | None:
    """Return what a name says of its figure: SOUGHT, LITTLE, DOUBTFUL; None where nothing tells.

    LITTLE is said by a name that is of the ill itself alone: 超标断面比例 may be counted otherwise,
    and those who are helped (帮扶失业人数) are no ill, so that both are DOUBTFUL. Of a rate only
    the word right before it tells that it is sought.
    """
    text = _NOTE.sub("", name)
    found, ends = _last_telling(text)
    rest = _HAN.match(text, ends)[0].translate(_NO_BRACKETS)  # type: ignore[index]
    if found is Meaning.LITTLE and not _TAIL.match(rest):
        return Meaning.DOUBTFUL
    if found is Meaning.LESS:  # 减少投诉, but not 减少耕地
        return Meaning.SOUGHT if is_ill(text) else Meaning.DOUBTFUL
    if found is Meaning.TOLD:
        return Meaning.SOUGHT if _RATE.fullmatch(rest) else None
    if found not in _GOOD:
        return Meaning.SOUGHT if found is None and _PROVIDED.fullmatch(text) else found
    known = _RATE.fullmatch(rest) or _DEGREE.fullmatch(rest) or _NEUTRAL.fullmatch(rest)
    return Meaning.SOUGHT if known else None


def falls_well(name: str) -> bool:
    """Tell whether less of what a name says is surely good: 投诉量, 投诉下降率, 减少占道经营."""
    said = meaning_of(name)
    reduced = any(each.said is Meaning.LESS for each in _words(name))
    return said is Meaning.SOUGHT if reduced else said in _ILL or is_ill(name)


def is_ill(text: str) -> bool:
    """Tell whether a name ends with what there should be less of; 绿地 and 学位 are no ill."""
    ends = [each.end for each in _words(text) if each.said in _ILL]
    return any(_COUNTS.fullmatch(text, end) or _TAIL.match(text, end) for end in ends) or (
        _OF_ILL.search(text) is not None
    )


class _Word(NamedTuple):
    said: Meaning
    start: int
    end: int
    spoiled: bool


def _last_telling(text: str) -> tuple[Meaning | None, int]:
    """Return what the last telling word says after those before it, and where it ends."""
    found: Meaning | None = None
    ends = ill = 0
    helped = False
    words = _words(text)
    for said, start, end, spoiled in words:
        helped = helped or said is Meaning.HELPED
        ill = end if said in _ILL else ill
        if said is Meaning.SPOILED or (found in _GOOD and said is Meaning.DOUBTFUL):
            continue
        if found is Meaning.LESS and said not in _WAYS:
            continue  # less of all that follows: 减少义务教育学位
        if said in _WAYS and not _BEGINNING.fullmatch(text, 0, start):
            of_ill = ill > 0 and _COUNTS.fullmatch(text, ill, start) is not None
            found = _moved(found, said, of_ill, _COUNTS.fullmatch(text, ends, start) is not None)
        elif spoiled or (found is Meaning.SPOILED and said is not Meaning.CURES):
            found = Meaning.SPOILED
        else:
            rate = _RATE.match(text, end) is not None
            acted = helped or (found in (Meaning.CURES, Meaning.TOLD) and not rate)
            found = Meaning.DOUBTFUL if acted and said is Meaning.LITTLE else said  # 排查隐患数
        ends = end
    ends_spoiled = words != [] and words[-1].said is Meaning.SPOILED
    return (Meaning.DOUBTFUL if ends_spoiled or found is Meaning.SPOILED else found), ends


def _moved(found: Meaning | None, said: Meaning, of_ill: bool, known: bool) -> Meaning | None:
    """Return what more or less of what stands before it says: 投诉增长率, 支出压减率.

    `known` tells that it is of the word found, and not of what no word knows (跳槽增长率).
    """
    if said is Meaning.LESS and of_ill:
        return Meaning.SOUGHT
    if not known or found is None:
        return None
    return found if said is Meaning.MORE else Meaning.DOUBTFUL


def _words(text: str) -> list[_Word]:
    """Return the telling words, each with whether the one right before it turns it round."""
    words: list[_Word] = []
    before = ""
    for word in _WORD.finditer(text):
        said = _MEANING[word[0]]
        if said is Meaning.NOTHING:
            continue
        if not words or words[-1].end != word.start():
            before = ""
        spoiled = before != "" and _spoils(words[-1].said, before, said)
        words.append(_Word(said, word.start(), word.end(), spoiled))
        before = word[0]
    return words


def _spoils(meaning: Meaning, word: str, said: Meaning) -> bool:
    """Tell whether a word turns the one behind it round: 未整改, 无投诉, 违规采购."""
    if said in (Meaning.SOUGHT, Meaning.TOLD, Meaning.HELPED):
        return meaning is Meaning.SPOILED or (
            meaning is Meaning.LITTLE and bool(_ASKEW.match(word))
        )
    return (meaning is Meaning.SPOILED and len(word) == 1) or bool(_LATE.match(word))
