"""What the words of an indicator's name say of it: sought, wanted little, or neither surely.

Chinese names end with their head: of 投诉处理率 the last such word is 处理, which is sought; of
处理差错率 it is 差错. What no word tells is asked about, since what is bad has more names than
anybody lists; words that are hardly ever good (`DOUBTFUL`, mostly single characters) stand against
what a unit or a second level would otherwise let one take for sought.
"""

from __future__ import annotations

import re
from enum import Enum, unique
from functools import lru_cache


@unique
class Meaning(Enum):
    """What a word says of what a name's figure should be."""

    SOUGHT = "sought"  # the more the better
    MORE = "more"  # more of what stands before it; by itself sought (增长率, but 投诉增长率)
    LITTLE = "little"  # the less the better
    HELPED = "helped"  # those to whom good is done: what ails them is no ill (帮扶失业人数)
    DOUBTFUL = "doubtful"  # neither is surely good
    NOTHING = "nothing"  # holds a doubtful character and means no harm (病床, 出差)


# what comes in or is saved
GAINED = (
    "收入 税收 税入 增收 创收 营收 收税 收益 产值 总值 GDP 利润 利税 盈利 分红 销售 成交 营业 "
    "节约 节省 节支 降低 下降 减少 压减 压缩 缩减"
)
LITTLE = (
    "投诉 事故 差错 故障 失误 错误 逾期 违规 违约 返工 发病 死亡 失业 辍学 返贫 流失 复发 空置 "
    "犯罪 发案 超标 漏报 误报 延误 信访 上访 重污染 火灾 偏差 超支 损耗 漏损 缺陷 不良 不合格 "
    "退货 超期 超时 伤亡 受伤 贫困发生 能耗 水耗 电耗 油耗 物耗 药耗 气耗 煤耗 排放 噪声 噪音 "
    "等候人 等待人 PM2.5 PM10 违纪 违法 脱管 漏管 舆情 拖欠 泄密 隐患 截留 挪用 挤占 遗漏 浪费 "
    "感染 疫情"
)
_WORDS = {
    Meaning.LITTLE: LITTLE,
    Meaning.SOUGHT: (
        f"{GAINED} 覆盖 抽查 抽检 抽样 普及 参与 参加 贡献 转化 回报 就业 达标 完成 完工 实现 "
        "成功 履行 出勤 清扫 满意 合格 及格 优良 优秀 良好 通过 准确 正确 及时 按时 按期 准时 "
        "如期 知晓 知悉 认可 好评 获得感 安全感 幸福感 参保 参审 参评 保险 入学 升学 巩固率 "
        "毕业 在线 到位 支付率 支付进度 执行率 安排率 拨付 发放 足额 完好 正常 运行 规范 完整 "
        "齐全 一致 有效 可用 可靠 利用 使用率 共享 响应 回复 答复 反馈 受理 办理 办结 结案 "
        "处理 处置 查处 解决 整改 化解 调解 降幅 削减 减排 节能 节水 节电 防治 防控 防范 防护 "
        "防疫 防汛 防火 防灾 减灾 救灾 抗旱 预防 监测 监控 监管 排查 治理 治愈 整治 修复 修缮 "
        "修建 修订 维修 维护 养护 管护 保护 保养 救援 应急 演练 再就业 破案 破获 抢修 抢险 "
        "抢救 侦破 打击 拆除 清除 清理 清运 清淤 消除 消灭 消毒 消化 禁毒 戒毒 打假 拦截 追回 "
        "挽回 挽损 追赃 返还 归还 回收 收集 收运 再生 重建 恢复 改造 改建 改扩建 改良 改善 "
        "改革 提质 升级 更新 新增 新建 新造 新设 建设 建成 建立 建档 建册 兴建 扩建 创建 创作 "
        "创新 开展 开通 开设 开发 开放 举办 承办 组织 购置 采购 配备 配置 配套 安装 部署 上云 "
        "上线 印制 印发 印刷 制作 制定 编制 编印 编纂 出版 刊发 发表 发布 推送 宣传 宣讲 播出 "
        "播放 展出 展览 展示 演出 放映 培训 培养 培育 教育 教学 研学 研究 研发 研修 调研 学习 "
        "讲座 辅导 指导 咨询 巡察 巡查 巡检 巡逻 巡护 检查 检测 检验 检疫 抽测 测评 评查 评审 "
        "评估 评价 审计 审查 审核 审批 审理 核查 核验 普查 调查 筛查 体检 随访 访视 走访 接种 "
        "签约 诊疗 诊治 救治 治疗 就诊 规范管理 健康管理 早诊 管理率 管理数 管理人数 服药 素养 "
        "素质 报销比例 免疫 入园 入径 上报 报告 登记 归集 采集 录入 汇交 调用 接入 联网 连通 "
        "通车 通达 供水 供电 供热 供气 保供 储备 种植 栽植 造林 绿化 复绿 灌溉 播种 绿地 盖度 "
        "新能源 列养 加固 减量 体育场地 受益 惠及 带动 引进 招引 招聘 招录 引导 推广 推荐 示范 "
        "认定 认证 授权 申报 注册 签订 签署 落地 落实 投产 投入使用 交付 验收 招生 录取 入选 "
        "获奖 取得 务工 转移就业 转岗 入住 入户 到访 里程 家具 例会 路灯 停车位 轮岗 分流 流转 "
        "接待游客 游客 观众 读者 参观 借阅 阅读 流通 志愿 服务 便民 援助 接访 网上信访 报道 "
        "可办 接通 准点 亮灯 保障 安置 兑现 拨款 到账 支持 扶持 培优 巡回 送戏 送教 捐赠 募集 "
        "融资 投资额 出口 进口额 成活 存活 出栏 产量 单产 增产 自给 良种 覆盖度 森林 蓄积 "
        "空气质量优良 水质优良 达到 保有 保存 持证 专职 双师 高标准 机械化 标准化 信息化 "
        "数字化 规模化 城镇化 电子化 无害化 资源化 绿色 优质 名优 得分 评分 优等 合格证 适配 "
        "探视 慰问活动 拥有 管控 分担率 绿波 新型 先进 文明 首次 首发 认领 提案办理 建议采纳 "
        "采纳 采用 应用 命中 自动化 可持续 性能指数 年报率 投入强度 高新技术 结题 控辍 保学 "
        "息诉 有罪判决 科普 党建 义诊 下乡 座谈 路演 汇演"
    ),
    Meaning.MORE: "增长 增加 增速 增幅 增多 上升 提高 提升 扩大",
    Meaning.HELPED: (
        "帮扶 帮教 救助 救济 资助 补助 补贴 补偿 慰问 关爱 关怀 供养 赡养 照护 照料 护理 托养 "
        "收治 收养 助学 助残 助医 脱贫 结对 代缴"
    ),
    Meaning.DOUBTFUL: (
        "病 死 伤 亡 损 破 漏 害 灾 犯 罪 废 堵 裂 欠 亏 坏 荒 贫 失 辍 逃 违 误 错 退 劣 污 "
        "塌 断 滞 闲 空 虚 假 骗 盗 赌 毒 暴 瞒 晚 迟 缺 差 险 诈 诉 案 访 超 拥 挤 宕 卡 丢 "
        "弃 拒 败 否 零 负 债 债务 赤字 耗 浓度 污染 事件 中毒 来访 纠纷 用水 用电 用油 用气 "
        "用能 用煤 用药 使用量 使用强度 用量 消耗 恩格尔 复吸 再犯 涨幅 药占比 费用 剖宫产 "
        "输液 近视 肥胖 积压 沉淀 结余 结转 滞留 欺凌 入侵 变更 调整 会议 参会 出国 出访 用车 "
        "公车 接待 发文 公文 扰民 压力 成本 支出 开支 经费 价格 负担 杠杆 平均住院 等候 等待 "
        "等级 抵押 大班额 超编 在职人员 控制数 供养人员 变动 改判 发回 重审 重复 降级 下滑 跌 "
        "撤 纠错 缺口 不足 不满 不达标 不及时 不规范 未 非 无 难 乱 控制率 用车保障 刑事 "
        "治安案件 零就业 再次 流产 流标 终止 中止 过期 老化 拥堵 冲突 隔离 蓝藻 水华 虫 溺 熄 "
        "臭 萎 瘟 疫 倒 崩 停 冒 坑 旱 涝 洪 冻 癌 瘤 聋 哑 盲 残 孤 苦 危 急 新发 离线 取消 "
        "漂浮 警情 意外 库存 周转 供养比 罚 仇 骂 殴 酒驾 醉驾 霾 尘 沙化 石漠 锈 腐 霉 脏 淤 "
        "锁死 卡顿 延迟 延期 推迟 拖 漂 偷 抢 赖 僵尸 黑 恶 邪 滥 伪 疑似 确诊 住院 急诊 转诊 "
        "重症 并发 复检 留级 休学 请假 旷 缓 慢 轻生 自杀 自残 网瘾 早产 低体重 畸 障碍 弊 烂 爆 "
        "抛锚 搁浅 泄漏 溢 撞 坠 摔 蛀 溃 惰 怠 窃 撬 贪 贿 侵占 侵权 占道 占用 私 乱象 斗殴 "
        "争议 谣 涂改 烧毁 跑冒 串标 围标"
    ),
    Meaning.NOTHING: (
        "病床 病历 病房 病区 病种 病案 发病率监测 空间 空气 航空 空调 空中 出差 差旅 差异化 "
        "伤残 残疾 失能 失独 失信惩戒 少年 方案 档案 备案 立案 教案 案例 个案 退休 退役 退耕 "
        "退牧 退伍 断面 休闲 假期 寒假 暑假 度假 虚拟 风险 探险 突破 超声 超市 超算 超高清 "
        "高超 访谈 采访 家访 回访 诉求 诉讼 起诉 公诉 无线 无人机 无偿 无障碍 非遗 非物质 非公 "
        "非常 未来 未成年 否决 零售 零散 零工 负责 卡口 社保卡 银行卡 贺卡 损益 害虫天敌 废旧 "
        "废水 垃圾 污水 会议室 会议中心 困难 疑难 非机动车 晚会 晚霞 晚托 傍晚 拥军 拥护 毒理 "
        "案卷 案件 难题 苦练 应急 急救 危房改造 孤儿 残疾人 盲道 盲文 停车 暂停 洪山 抗洪 紧急 "
        "除险 排涝 抗冻 黑板 黑龙江 慢病 慢性病 慢行 缓解 缓冲 停靠 倒班 沙滩 黑土 重难点"
    ),
}
_MEANING = {word: meaning for meaning, words in _WORDS.items() for word in words.split()}
_LONGEST_FIRST = sorted(_MEANING, key=len, reverse=True)
_WORD = re.compile("|".join(map(re.escape, _LONGEST_FIRST)))
# what may stand behind what there should be little of: 投诉率, 事故发生起数
_TAIL = re.compile(
    "(?:发生|贷款|年均)*(?:率|量|强度|浓度|[次起件人天]?数|件次|人次|数量|天数|工单|批次)?$"
)
_OTHER_RATE = re.compile("(?:..+(?:率|比例)|.*(?:占比|比重))$")  # 培训脱岗率, 耗材收入占比


@lru_cache(maxsize=1 << 14)
def meaning_of(name: str) -> Meaning | None:
    """Return what a name says of its figure by its last telling word; None where it has none.

    LITTLE is said by a name that is of the ill itself alone: 超标断面比例 may be counted otherwise,
    and those who are helped (帮扶失业人数) are no ill, so that both are DOUBTFUL. Of a rate only
    the word right before it tells that it is sought.
    """
    found: Meaning | None = None
    helped, ends = False, 0
    for word in _WORD.finditer(name):
        meaning = _MEANING[word[0]]
        helped = helped or meaning is Meaning.HELPED
        if meaning is Meaning.MORE and found is not None:
            ends = word.end() if word.start() == ends else ends
            continue
        if meaning is Meaning.NOTHING:
            continue
        found, ends = meaning, word.end()
    if found is Meaning.LITTLE and (helped or not _TAIL.match(name, ends)):
        return Meaning.DOUBTFUL
    if found in (Meaning.SOUGHT, Meaning.MORE, Meaning.HELPED):
        return None if _OTHER_RATE.match(name, ends) else Meaning.SOUGHT
    return found
