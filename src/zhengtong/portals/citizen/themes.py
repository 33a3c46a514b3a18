"""Themes and stages of life（主题、人生阶段）: how services are grouped for people."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from zhengtong.portals.ui.languages import pick

THEMES: dict[str, tuple[str, str]] = {
    "birth": ("生育收养", "Birth and adoption"),
    "residence": ("户籍居住", "Residence"),
    "education": ("教育科研", "Education"),
    "work": ("就业创业", "Work"),
    "social-security": ("社会保障", "Social security"),
    "medical": ("医疗卫生", "Health"),
    "marriage": ("婚姻登记", "Marriage"),
    "housing": ("住房保障", "Housing"),
    "transport": ("交通出行", "Transport"),
    "business": ("设立变更", "Business"),
    "relief": ("社会救助", "Relief"),
    "retirement": ("离职退休", "Retirement"),
    "death": ("死亡殡葬", "After death"),
    "justice": ("司法公证", "Justice"),
    "science": ("科技创新", "Science and technology"),
    "data": ("数据共享", "Data sharing"),
}

# The eight stops of the life axis, each with the themes whose one-things stand there.
LIFE_STAGES = (
    (_("出生"), ("birth",)),
    (_("入学"), ("education", "school")),
    (_("就业"), ("work", "business")),
    (_("成家"), ("marriage",)),
    (_("安居"), ("housing", "residence")),
    (_("就医"), ("medical", "social-security")),
    (_("退休"), ("retirement",)),
    (_("身后"), ("death",)),
)


def themes() -> dict[str, tuple[str, str]]:
    """Return every theme by its slug."""
    return THEMES


def theme_title(slug: str) -> str:
    """Return a theme's name in the page's language; the slug itself when it is unknown."""
    return pick(*THEMES.get(slug, (slug, slug)))
