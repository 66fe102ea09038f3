"""Chinese renderings that lessons do not use, and what the field says instead.

A wrong rendering may be quoted, in “…” or as code: a lesson on it has to.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from nnlab.i18n import _


@dataclass(frozen=True, slots=True)
class Rendering:
    """``wrong`` (a pattern) where ``right`` is meant; only where the English text has ``when``, if given."""

    wrong: str
    right: str
    when: str = ""


RENDERINGS = (
    Rendering("偏差", "偏置", r"\bbias(es)?\b"),  # deviation, and what statistics calls bias
    Rendering("变压器", "Transformer"),  # the electrical device
    Rendering("迭代次数", "轮", r"\bepochs?\b"),
    Rendering("递归神经网络|递归网络", "循环神经网络", r"\brecurrent\b"),
    Rendering("批次大小|批大小", "批量大小"),
    Rendering("隐含层|隐层", "隐藏层"),
    Rendering("感知器", "感知机"),
    Rendering("权重裁剪", "梯度裁剪", r"\bgradient"),
    Rendering("一热", "独热"),
    Rendering("扁平层|扁平化", "展平"),
    Rendering("自动编码器", "自编码器"),
    Rendering("激励函数|活化函数", "激活函数"),
    Rendering("学习速率", "学习率"),
    Rendering("正向传播|前馈传播", "前向传播"),
    Rendering("反向传递", "反向传播"),
    Rendering("感受域", "感受野"),
    Rendering("特征映射", "特征图", r"\bfeature maps?\b"),
    Rendering("令牌|标记", "词元", r"\btokens?\b"),
    Rendering("丢弃法", "随机失活"),
    Rendering("长短时记忆", "长短期记忆"),
    Rendering("数据增广", "数据增强"),
    Rendering("提前停止|早停止", "早停"),
    Rendering("教师强迫|教师强化", "教师强制"),
    Rendering("模式崩溃|模式崩塌", "模式坍塌"),
    Rendering("鉴别器", "判别器"),
    Rendering("梯度弥散", "梯度消失"),
    Rendering("正规化", "正则化"),
    Rendering("批量归一化|批规范化", "批归一化"),
    Rendering("(?<!可)解释性", "可解释性"),
    Rendering("精度", "准确率", r"\baccurac(y|ies)\b"),
    Rendering("步长", "步幅", r"\bstrides?\b"),
)

_QUOTED = re.compile(r"“[^”]*”|《[^》]*》|`[^`]*`")


def lint_terms(chinese: str, english: str = "") -> Iterator[str]:
    """What is said with another word than the field's; ``english`` is the text it translates."""
    plain = _QUOTED.sub(" ", chinese)
    for rendering in RENDERINGS:
        found = re.search(rendering.wrong, plain)
        if found and (not rendering.when or re.search(rendering.when, english, re.IGNORECASE)):
            yield _("'{wrong}' is called '{right}' here", wrong=found.group(), right=rendering.right)
