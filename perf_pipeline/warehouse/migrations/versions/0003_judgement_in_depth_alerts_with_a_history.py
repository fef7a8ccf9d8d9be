"""judgement in depth, alerts with a history.

Revision ID: 0003
Revises: 0002
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    # what refers to `alert` goes before SQLite rebuilds it to change a column
    op.drop_table("alert_delivery")
    with op.batch_alter_table("alert") as batch_op:
        batch_op.alter_column(
            "snapshot_id",
            existing_type=sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=True,
            comment="首次发现于哪一版评价；文件类为空",
        )
        for name, comment in (
            ("rule", "规则代码，见预警配置"),
            ("subject_key", "项目名称、指标主键或文件路径"),
            ("level", "灯色、状态或文件问题"),
        ):
            batch_op.alter_column(name, existing_type=sa.Text(), comment=comment)
    op.create_table(
        "alert_message",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=False,
            comment="行号",
        ),
        sa.Column("recipient", sa.Text(), nullable=False, comment="接收人，见预警配置"),
        sa.Column("channel", sa.Text(), nullable=False, comment="渠道，见预警配置"),
        sa.Column("day", sa.Date(), nullable=False, comment="哪一天的汇总"),
        sa.Column("part", sa.Integer(), nullable=False, comment="第几部分；一条装不下时分开"),
        sa.Column("message_key", sa.Text(), nullable=False, comment="消息号，重试时不变"),
        sa.Column("title", sa.Text(), nullable=False, comment="标题"),
        sa.Column("body", sa.Text(), nullable=False, comment="正文"),
        sa.Column(
            "state", sa.Text(), nullable=False, comment="waiting sending sent refused unclear"
        ),
        sa.Column("attempts", sa.Integer(), nullable=False, comment="试过几次"),
        sa.Column(
            "not_before", sa.DateTime(timezone=True), nullable=False, comment="此前不试（UTC）"
        ),
        sa.Column(
            "changed_at", sa.DateTime(timezone=True), nullable=False, comment="状态变化时间（UTC）"
        ),
        sa.Column("error", sa.Text(), nullable=True, comment="最近一次没有送成的原因"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alert_message")),
        sa.UniqueConstraint("message_key", name=op.f("uq_alert_message_message_key")),
        sa.UniqueConstraint(
            "recipient", "day", "part", name=op.f("uq_alert_message_recipient_day_part")
        ),
        comment="发给接收人的预警汇总，每人每天一份",
    )
    op.create_table(
        "rollup_result",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=False,
            comment="行号",
        ),
        sa.Column(
            "checkpoint_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=False,
            comment="检查点",
        ),
        sa.Column("version", sa.Integer(), nullable=False, comment="第几版；内容有变才有新版"),
        sa.Column("level", sa.Text(), nullable=False, comment="department district city all"),
        sa.Column("city", sa.Text(), nullable=True, comment="市；全部为空"),
        sa.Column("district", sa.Text(), nullable=True, comment="区县；市和全部为空"),
        sa.Column("department", sa.Text(), nullable=True, comment="部门代码；区县、市和全部为空"),
        sa.Column("unit", sa.Text(), nullable=False, comment="名称"),
        sa.Column(
            "figure",
            sa.Text(),
            nullable=False,
            comment="汇总项，如 paid_fen、status_met 或度量代码",
        ),
        sa.Column(
            "numerator", sa.BigInteger(), nullable=False, comment="合计数，或分子合计；金额为分"
        ),
        sa.Column("denominator", sa.BigInteger(), nullable=True, comment="分母合计；空为计数"),
        sa.Column(
            "created_at", sa.DateTime(timezone=True), nullable=False, comment="写入时间（UTC）"
        ),
        sa.ForeignKeyConstraint(
            ["checkpoint_id"], ["checkpoint.id"], name=op.f("fk_rollup_result_checkpoint_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rollup_result")),
        comment="汇总：部门、区县、市，只加件数和金额，不平均比率",
    )
    with op.batch_alter_table("rollup_result", schema=None) as batch_op:
        batch_op.create_index(
            "ix_rollup_result_checkpoint_version", ["checkpoint_id", "version"], unique=False
        )

    op.create_table(
        "adjustment",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=False,
            comment="行号",
        ),
        sa.Column(
            "snapshot_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=False,
            comment="版本",
        ),
        sa.Column("quarter", sa.Text(), nullable=False, comment="已关账的检查点，如 2024Q1"),
        sa.Column("closed_version", sa.Integer(), nullable=False, comment="关账时的评价版本"),
        sa.Column(
            "part", sa.Text(), nullable=False, comment="spending 预算执行；indicator 绩效指标"
        ),
        sa.Column("subject_key", sa.Text(), nullable=False, comment="项目名称或指标主键"),
        sa.Column("project_name", sa.Text(), nullable=True, comment="项目名称；部门指标为空"),
        sa.Column("section", sa.Text(), nullable=True, comment="分项工作；项目指标为空"),
        sa.Column("name", sa.Text(), nullable=False, comment="项目或指标名称"),
        sa.Column(
            "closed_numerator",
            sa.BigInteger(),
            nullable=True,
            comment="关账时的分子；预算执行为累计支付，分",
        ),
        sa.Column("closed_denominator", sa.BigInteger(), nullable=True, comment="关账时的分母"),
        sa.Column(
            "known_numerator",
            sa.BigInteger(),
            nullable=True,
            comment="现在所知的分子；预算执行为累计支付，分",
        ),
        sa.Column("known_denominator", sa.BigInteger(), nullable=True, comment="现在所知的分母"),
        sa.Column("closed_text", sa.Text(), nullable=False, comment="关账时的数字"),
        sa.Column("known_text", sa.Text(), nullable=False, comment="现在所知的数字"),
        sa.Column("difference_text", sa.Text(), nullable=True, comment="相差多少；文字类为空"),
        sa.Column(
            "closed_judgement",
            sa.Text(),
            nullable=True,
            comment="关账时的灯色或状态；空为当时没有该项",
        ),
        sa.Column(
            "known_judgement",
            sa.Text(),
            nullable=True,
            comment="按现在所知的灯色或状态；空为现在没有该项",
        ),
        sa.Column("sources", sa.Text(), nullable=False, comment="引起变化的来源行（JSON）"),
        sa.ForeignKeyConstraint(
            ["snapshot_id"], ["snapshot.id"], name=op.f("fk_adjustment_snapshot_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_adjustment")),
        comment="调整：已关账检查点的数字与现在所知不同，记入其后第一个未关账的检查点",
    )
    with op.batch_alter_table("adjustment", schema=None) as batch_op:
        batch_op.create_index("ix_adjustment_snapshot_id", ["snapshot_id"], unique=False)

    op.create_table(
        "audit_finding",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=False,
            comment="行号",
        ),
        sa.Column(
            "snapshot_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=False,
            comment="版本",
        ),
        sa.Column("rule", sa.Text(), nullable=False, comment="检查规则代码"),
        sa.Column("subject_key", sa.Text(), nullable=False, comment="同一规则下相同的为一条线索"),
        sa.Column("project_name", sa.Text(), nullable=True, comment="项目名称"),
        sa.Column("detail", sa.Text(), nullable=False, comment="发现了什么"),
        sa.Column("source_table", sa.Text(), nullable=False, comment="证据所在的台账"),
        sa.Column("row_key", sa.Text(), nullable=False, comment="证据行的业务主键"),
        sa.Column("happened_on", sa.Date(), nullable=True, comment="证据行的日期"),
        sa.Column("amount_fen", sa.BigInteger(), nullable=True, comment="证据行的金额，分"),
        sa.Column("place", sa.Text(), nullable=False, comment="来源文件、工作表、行"),
        sa.ForeignKeyConstraint(
            ["snapshot_id"], ["snapshot.id"], name=op.f("fk_audit_finding_snapshot_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_finding")),
        comment="内部审计线索，每行是一条线索的一行证据；线索不是结论",
    )
    with op.batch_alter_table("audit_finding", schema=None) as batch_op:
        batch_op.create_index("ix_audit_finding_snapshot_id", ["snapshot_id"], unique=False)

    op.create_table(
        "case_limit",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=False,
            comment="行号",
        ),
        sa.Column(
            "snapshot_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=False,
            comment="版本",
        ),
        sa.Column("register", sa.Text(), nullable=False, comment="台账"),
        sa.Column("case_key", sa.Text(), nullable=False, comment="业务主键"),
        sa.Column("town", sa.Text(), nullable=True, comment="镇（办）；台账没有这一列的为空"),
        sa.Column("limit_name", sa.Text(), nullable=False, comment="期限代码，见台账声明"),
        sa.Column("label", sa.Text(), nullable=False, comment="该办什么，如 受理、办结"),
        sa.Column("starts_on", sa.Date(), nullable=False, comment="自哪天起算"),
        sa.Column("due_on", sa.Date(), nullable=False, comment="期限最后一天"),
        sa.Column("days_overdue", sa.Integer(), nullable=False, comment="超期天数；负数为剩余天数"),
        sa.Column(
            "state", sa.Text(), nullable=False, comment="overdue 超期未办；soon 下一检查点前到期"
        ),
        sa.Column("place", sa.Text(), nullable=False, comment="来源文件、工作表、行"),
        sa.ForeignKeyConstraint(
            ["snapshot_id"], ["snapshot.id"], name=op.f("fk_case_limit_snapshot_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_limit")),
        comment="办理期限：检查点上已超期的，和下一检查点前到期的",
    )
    with op.batch_alter_table("case_limit", schema=None) as batch_op:
        batch_op.create_index("ix_case_limit_snapshot_id", ["snapshot_id"], unique=False)

    op.create_table(
        "department_score",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=False,
            comment="行号",
        ),
        sa.Column(
            "snapshot_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=False,
            comment="版本",
        ),
        sa.Column("budget_fen", sa.BigInteger(), nullable=False, comment="参与加权的全年预算，分"),
        sa.Column(
            "score_centi",
            sa.Integer(),
            nullable=True,
            comment="得分，百分之一分；空为没有可加权的项目",
        ),
        sa.Column(
            "missing_centi", sa.Integer(), nullable=True, comment="没有数据的分值，百分之一分"
        ),
        sa.Column("projects", sa.Integer(), nullable=False, comment="项目数"),
        sa.Column(
            "projects_left_out", sa.Integer(), nullable=False, comment="没有预算而未加权的项目数"
        ),
        sa.Column("grade", sa.Text(), nullable=True, comment="优 良 中 差；空为数据不全，等级未定"),
        sa.Column("arithmetic", sa.Text(), nullable=False, comment="得分的算式和理由"),
        sa.ForeignKeyConstraint(
            ["snapshot_id"], ["snapshot.id"], name=op.f("fk_department_score_snapshot_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_department_score")),
        comment="绩效自评：部门得分，各项目得分按全年预算加权",
    )
    with op.batch_alter_table("department_score", schema=None) as batch_op:
        batch_op.create_index("ix_department_score_snapshot_id", ["snapshot_id"], unique=False)

    op.create_table(
        "outlook",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=False,
            comment="行号",
        ),
        sa.Column(
            "snapshot_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=False,
            comment="版本",
        ),
        sa.Column(
            "subject", sa.Text(), nullable=False, comment="spending 项目支出；indicator 指标"
        ),
        sa.Column("subject_key", sa.Text(), nullable=False, comment="项目名称或指标主键"),
        sa.Column("project_name", sa.Text(), nullable=True, comment="项目名称；部门指标为空"),
        sa.Column(
            "measured_in",
            sa.Text(),
            nullable=True,
            comment="fen 分；bp 万分之一；count 个数；unit 目标的单位",
        ),
        sa.Column(
            "point", sa.BigInteger(), nullable=True, comment="预计值（中位数）；空为不能预计"
        ),
        sa.Column("low80", sa.BigInteger(), nullable=True, comment="80%区间下限"),
        sa.Column("high80", sa.BigInteger(), nullable=True, comment="80%区间上限"),
        sa.Column("low95", sa.BigInteger(), nullable=True, comment="95%区间下限"),
        sa.Column("high95", sa.BigInteger(), nullable=True, comment="95%区间上限"),
        sa.Column(
            "probability_bp", sa.Integer(), nullable=True, comment="完成目标的可能性，万分之一"
        ),
        sa.Column(
            "likelihood",
            sa.Text(),
            nullable=True,
            comment="certain 确定能；possible 有可能；impossible 完全不可能",
        ),
        sa.Column("method", sa.Text(), nullable=True, comment="fact past_years plan pace cases"),
        sa.Column("reason", sa.Text(), nullable=False, comment="怎样预计的，或为什么不能预计"),
        sa.ForeignKeyConstraint(
            ["snapshot_id"], ["snapshot.id"], name=op.f("fk_outlook_snapshot_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outlook")),
        comment="全年预计：项目支出和指标在年底会到多少，能否完成目标",
    )
    with op.batch_alter_table("outlook", schema=None) as batch_op:
        batch_op.create_index("ix_outlook_snapshot_id", ["snapshot_id"], unique=False)

    op.create_table(
        "project_score",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=False,
            comment="行号",
        ),
        sa.Column(
            "snapshot_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=False,
            comment="版本",
        ),
        sa.Column("project_name", sa.Text(), nullable=False, comment="项目名称"),
        sa.Column(
            "budget_fen", sa.BigInteger(), nullable=True, comment="全年预算，分；空为没有预算"
        ),
        sa.Column("score_centi", sa.Integer(), nullable=False, comment="得分，百分之一分"),
        sa.Column(
            "missing_centi", sa.Integer(), nullable=False, comment="没有数据的分值，百分之一分"
        ),
        sa.Column("grade", sa.Text(), nullable=True, comment="优 良 中 差；空为数据不全，等级未定"),
        sa.Column("arithmetic", sa.Text(), nullable=False, comment="得分的算式和理由"),
        sa.ForeignKeyConstraint(
            ["snapshot_id"], ["snapshot.id"], name=op.f("fk_project_score_snapshot_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_project_score")),
        comment="绩效自评：项目得分",
    )
    with op.batch_alter_table("project_score", schema=None) as batch_op:
        batch_op.create_index("ix_project_score_snapshot_id", ["snapshot_id"], unique=False)

    op.create_table(
        "quarter_lock",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=False,
            comment="行号",
        ),
        sa.Column(
            "department_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=False,
            comment="部门",
        ),
        sa.Column(
            "checkpoint_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=False,
            comment="检查点",
        ),
        sa.Column(
            "snapshot_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=False,
            comment="当时的评价版本",
        ),
        sa.Column("action", sa.Text(), nullable=False, comment="closed 关账；reopened 重新开账"),
        sa.Column("actor", sa.Text(), nullable=False, comment="操作人"),
        sa.Column("reason", sa.Text(), nullable=True, comment="理由；重新开账必填"),
        sa.Column(
            "created_at", sa.DateTime(timezone=True), nullable=False, comment="写入时间（UTC）"
        ),
        sa.ForeignKeyConstraint(
            ["checkpoint_id"], ["checkpoint.id"], name=op.f("fk_quarter_lock_checkpoint_id")
        ),
        sa.ForeignKeyConstraint(
            ["department_id"], ["department.id"], name=op.f("fk_quarter_lock_department_id")
        ),
        sa.ForeignKeyConstraint(
            ["snapshot_id"], ["snapshot.id"], name=op.f("fk_quarter_lock_snapshot_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quarter_lock")),
        comment="关账与重新开账的记录，只增不改；最新一条为现状",
    )
    with op.batch_alter_table("quarter_lock", schema=None) as batch_op:
        batch_op.create_index(
            "ix_quarter_lock_quarter", ["department_id", "checkpoint_id"], unique=False
        )

    op.create_table(
        "self_evaluation_result",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=False,
            comment="行号",
        ),
        sa.Column(
            "snapshot_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=False,
            comment="版本",
        ),
        sa.Column("project_name", sa.Text(), nullable=False, comment="项目名称"),
        sa.Column("ordinal", sa.Integer(), nullable=False, comment="顺序；预算执行率为 0"),
        sa.Column(
            "part", sa.Text(), nullable=False, comment="execution output benefit satisfaction cost"
        ),
        sa.Column("indicator_key", sa.Text(), nullable=True, comment="指标主键；预算执行率为空"),
        sa.Column("level1", sa.Text(), nullable=True, comment="一级指标，文件原文"),
        sa.Column("name", sa.Text(), nullable=False, comment="三级指标名称，或预算执行率"),
        sa.Column("raw_target", sa.Text(), nullable=True, comment="目标值原文"),
        sa.Column("actual_text", sa.Text(), nullable=True, comment="全年实际值；空为没有数据"),
        sa.Column("points_centi", sa.Integer(), nullable=False, comment="分值，百分之一分"),
        sa.Column("score_centi", sa.Integer(), nullable=False, comment="得分，百分之一分"),
        sa.Column(
            "verdict", sa.Text(), nullable=False, comment="met partly unmet over_fulfilled no_data"
        ),
        sa.Column("arithmetic", sa.Text(), nullable=False, comment="得分的算式和理由"),
        sa.ForeignKeyConstraint(
            ["snapshot_id"], ["snapshot.id"], name=op.f("fk_self_evaluation_result_snapshot_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_self_evaluation_result")),
        comment="绩效自评：每项指标和预算执行率的得分",
    )
    with op.batch_alter_table("self_evaluation_result", schema=None) as batch_op:
        batch_op.create_index(
            "ix_self_evaluation_result_snapshot_id", ["snapshot_id"], unique=False
        )

    op.create_table(
        "spending_line",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=False,
            comment="行号",
        ),
        sa.Column(
            "snapshot_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=False,
            comment="版本",
        ),
        sa.Column(
            "level", sa.Text(), nullable=False, comment="project_source source section department"
        ),
        sa.Column("project_name", sa.Text(), nullable=True, comment="项目名称；跨项目的汇总为空"),
        sa.Column("name", sa.Text(), nullable=False, comment="资金来源、分项工作的名称，或合计"),
        sa.Column("projects", sa.Integer(), nullable=False, comment="计入的项目数"),
        sa.Column(
            "left_out", sa.Integer(), nullable=False, comment="缺预算、计划或台账而未计入的项目数"
        ),
        sa.Column("budget_fen", sa.BigInteger(), nullable=True, comment="预算，分"),
        sa.Column("paid_fen", sa.BigInteger(), nullable=True, comment="累计支付，分"),
        sa.Column(
            "planned_bp",
            sa.BigInteger(),
            nullable=True,
            comment="按预算加权的计划累计比例，万分之一，四舍五入",
        ),
        sa.Column(
            "actual_bp", sa.BigInteger(), nullable=True, comment="实际累计比例，万分之一，四舍五入"
        ),
        sa.Column(
            "deviation_bp",
            sa.BigInteger(),
            nullable=True,
            comment="偏差，百分之一个百分点，四舍五入",
        ),
        sa.Column("light", sa.Text(), nullable=False, comment="green yellow red ahead unknown"),
        sa.Column("reason", sa.Text(), nullable=False, comment="判断理由"),
        sa.ForeignKeyConstraint(
            ["snapshot_id"], ["snapshot.id"], name=op.f("fk_spending_line_snapshot_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_spending_line")),
        comment="预算执行汇总：按资金来源、分项工作和部门，由各项目的分数相加",
    )
    with op.batch_alter_table("spending_line", schema=None) as batch_op:
        batch_op.create_index("ix_spending_line_snapshot_id", ["snapshot_id"], unique=False)

    op.create_table(
        "alert_event",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=False,
            comment="行号",
        ),
        sa.Column(
            "alert_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=False,
            comment="预警",
        ),
        sa.Column(
            "state",
            sa.Text(),
            nullable=False,
            comment="new repeated acknowledged escalated resolved continued",
        ),
        sa.Column("happened_at", sa.DateTime(timezone=True), nullable=False, comment="时间（UTC）"),
        sa.Column("person", sa.Text(), nullable=True, comment="谁；系统自己为空"),
        sa.Column("reason", sa.Text(), nullable=True, comment="理由"),
        sa.ForeignKeyConstraint(["alert_id"], ["alert.id"], name=op.f("fk_alert_event_alert_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alert_event")),
        comment="预警的状态变化，最后一行为现状",
    )
    with op.batch_alter_table("alert_event", schema=None) as batch_op:
        batch_op.create_index("ix_alert_event_alert_id", ["alert_id"], unique=False)

    op.create_table(
        "alert_told",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=False,
            comment="行号",
        ),
        sa.Column(
            "event_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=False,
            comment="预警的哪次状态变化",
        ),
        sa.Column("recipient", sa.Text(), nullable=False, comment="接收人"),
        sa.Column(
            "message_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            nullable=False,
            comment="写在哪条消息里",
        ),
        sa.ForeignKeyConstraint(
            ["event_id"], ["alert_event.id"], name=op.f("fk_alert_told_event_id")
        ),
        sa.ForeignKeyConstraint(
            ["message_id"], ["alert_message.id"], name=op.f("fk_alert_told_message_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alert_told")),
        sa.UniqueConstraint("event_id", "recipient", name=op.f("uq_alert_told_event_id_recipient")),
        comment="哪次状态变化已告诉谁，同一状态不告诉第二次",
    )
    with op.batch_alter_table("checkpoint", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column(
                "period_starts_on",
                sa.Date(),
                nullable=True,
                comment="本期起始日期，即上一检查点的次日",
            )
        )

    with op.batch_alter_table("indicator", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column(
                "weight_text",
                sa.Text(),
                nullable=True,
                comment="分值，文件自定的权重原文；文件未填为空",
            )
        )

    with op.batch_alter_table("indicator_result", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column(
                "behaviour_given",
                sa.Boolean(),
                nullable=True,
                comment="年内表现由人指定；否则为推定",
            )
        )
        batch_op.add_column(
            sa.Column(
                "initial_target", sa.Text(), nullable=True, comment="年初目标值原文；空为未调整"
            )
        )
        batch_op.add_column(
            sa.Column("revised_by", sa.Text(), nullable=True, comment="批准调整目标的文号")
        )
        batch_op.add_column(
            sa.Column(
                "phase_text",
                sa.Text(),
                nullable=True,
                comment="阶段目标，如 截至6月30日≥50%；空为没有",
            )
        )
        batch_op.add_column(
            sa.Column("cause", sa.Text(), nullable=True, comment="偏差原因类别；空为未说明")
        )
        batch_op.add_column(
            sa.Column("cause_words", sa.Text(), nullable=True, comment="偏差原因说明")
        )
        batch_op.add_column(
            sa.Column("cause_measures", sa.Text(), nullable=True, comment="改进措施")
        )
        batch_op.add_column(
            sa.Column(
                "hint", sa.Text(), nullable=True, comment="系统提示：数据反映的情况，不代替原因说明"
            )
        )

    with op.batch_alter_table("measure_value", schema=None) as batch_op:
        batch_op.create_index(
            "ix_measure_value_figure", ["snapshot_id", "measure", "project_name"], unique=False
        )

    with op.batch_alter_table("quarantined_row", schema=None) as batch_op:
        batch_op.add_column(sa.Column("hint", sa.Text(), nullable=True, comment="怎么改"))
        batch_op.add_column(
            sa.Column(
                "mark", sa.Text(), nullable=True, comment="隔离号：由内容得出，改好的行凭它离开隔离"
            )
        )
        batch_op.create_index("ix_quarantined_row_mark", ["mark"], unique=False)

    with op.batch_alter_table("spending_result", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column(
                "initial_budget_fen", sa.BigInteger(), nullable=True, comment="年初预算数，分"
            )
        )
        batch_op.add_column(
            sa.Column(
                "carry_over_fen", sa.BigInteger(), nullable=True, comment="预算中的上年结转，分"
            )
        )
        batch_op.add_column(
            sa.Column("line_of_work", sa.Text(), nullable=True, comment="分项工作；空为未分")
        )
        batch_op.add_column(
            sa.Column(
                "yellow_bp", sa.Integer(), nullable=True, comment="黄灯界限，百分之一个百分点"
            )
        )
        batch_op.add_column(
            sa.Column("red_bp", sa.Integer(), nullable=True, comment="红灯界限，百分之一个百分点")
        )
        batch_op.add_column(
            sa.Column("ahead_bp", sa.Integer(), nullable=True, comment="超前界限，百分之一个百分点")
        )
        batch_op.add_column(
            sa.Column(
                "reaches_on",
                sa.Date(),
                nullable=True,
                comment="按目前进度达到计划的日期；空为已达到或无法推算",
            )
        )
        batch_op.add_column(
            sa.Column(
                "days_behind",
                sa.Integer(),
                nullable=True,
                comment="按目前进度比计划晚几天；空为无法推算",
            )
        )
        batch_op.add_column(
            sa.Column(
                "due_next_fen",
                sa.BigInteger(),
                nullable=True,
                comment="下一检查点前还应支付，分；最后一个检查点为空",
            )
        )
        batch_op.add_column(
            sa.Column(
                "contracts_fen",
                sa.BigInteger(),
                nullable=True,
                comment="已签合同金额，分；空为没有合同台账",
            )
        )
        batch_op.add_column(
            sa.Column(
                "committed_fen",
                sa.BigInteger(),
                nullable=True,
                comment="已签合同未付金额，分；空为没有合同台账",
            )
        )
        batch_op.add_column(
            sa.Column(
                "late_paid_fen",
                sa.BigInteger(),
                nullable=True,
                comment="年度终了后支付、属于本年的金额，分，未计入",
            )
        )
        batch_op.add_column(
            sa.Column(
                "note", sa.Text(), nullable=True, comment="补充说明：进度推算、合同、预算调整"
            )
        )
        batch_op.add_column(
            sa.Column("cause", sa.Text(), nullable=True, comment="偏差原因类别；空为未说明")
        )
        batch_op.add_column(
            sa.Column("cause_words", sa.Text(), nullable=True, comment="偏差原因说明")
        )
        batch_op.add_column(
            sa.Column("cause_measures", sa.Text(), nullable=True, comment="改进措施")
        )
        batch_op.add_column(
            sa.Column(
                "hint", sa.Text(), nullable=True, comment="系统提示：数据反映的情况，不代替原因说明"
            )
        )
    # alerts raised before they had a history are new
    op.execute(
        "INSERT INTO alert_event (alert_id, state, happened_at) "
        "SELECT id, 'new', created_at FROM alert"
    )
