"""The catalogue at 500,000 entries: a page, a search by words, pinyin and code, a facet — each as its page asks for it."""

from __future__ import annotations

import os
import random
import statistics
import tempfile
import time

from bench.figures import Figure

ENTRIES = int(os.environ.get("ZHENGTONG_BENCH_ENTRIES", "500000"))
BAR_SECONDS = 0.3
WORDS_A = [
    "出生",
    "婚姻",
    "户籍",
    "企业",
    "个体",
    "不动产",
    "车辆",
    "驾驶",
    "社保",
    "医保",
    "公积金",
    "学籍",
    "学历",
    "低保",
    "残疾",
    "养老",
    "救助",
    "税务",
    "行政许可",
    "行政处罚",
    "环评",
    "水质",
    "气象",
    "林权",
    "土地",
    "规划",
    "施工",
    "消防",
    "食品",
    "药品",
    "特种设备",
    "检验",
    "计量",
    "商标",
    "专利",
    "档案",
    "文物",
    "旅游",
    "体育",
    "彩票",
    "信访",
    "调解",
    "法律援助",
    "公证",
    "律师",
    "司法鉴定",
    "港口",
    "船舶",
    "道路",
    "桥梁",
]
WORDS_B = [
    "登记",
    "变更",
    "注销",
    "审批",
    "备案",
    "年检",
    "监测",
    "统计",
    "缴费",
    "发放",
    "名单",
    "证照",
    "申请",
    "公示",
    "投诉",
    "巡查",
    "评价",
    "台账",
    "目录",
    "记录",
]
WORDS_C = ["信息", "数据", "明细", "汇总", "清单"]
QUERIES = [
    "出生登记",
    "不动产 变更",
    "社保缴费明细",
    "医",
    "chusheng",
    "bdc",
    "信息",
    "登记 信息",
    "203045",
    "特种设备 台账",
    "zhengzhao",
    "field name 3",
]


def run() -> list[Figure]:
    """Fill a fresh SQLite site with entries and ask what the catalogue's pages ask."""
    with tempfile.TemporaryDirectory(dir=os.environ.get("ZHENGTONG_BENCH_FOLDER")) as home:
        os.environ["ZHENGTONG_HOME"], os.environ["DJANGO_SETTINGS_MODULE"] = home, "zhengtong.site.settings"
        import django

        django.setup()
        from django.core.management import call_command

        call_command("migrate", verbosity=0)
        fill()
        return measure()


def fill() -> None:
    """Write the entries straight into the records, as no site of this size is typed in by hand, and index them."""
    from django.db import connection, transaction
    from django.utils import timezone

    from zhengtong.apps.catalog import search
    from zhengtong.apps.catalog.models import Resource, ResourceField
    from zhengtong.apps.people import actions as people
    from zhengtong.apps.people.shapes import SYSTEM
    from zhengtong.kit.identifiers import make_credit_code

    now, draw = timezone.now(), random.Random(4)
    people.define_region(
        code="990100000000",
        name_zh="澜江市",
        name_en="Lanjiang",
        valid_from=now.date().replace(year=2000),
        by=SYSTEM,
        at=now,
    )
    organisations = [
        people.register_organisation(
            uscc=make_credit_code(authority="1", category="1", region_code="990100", body=f"{n:08d}").canonical,
            name_zh=f"澜江市第{n}局",
            name_en=f"Bureau {n}",
            short_zh=f"{n}局",
            function=f"bureau-{n}",
            region_code="990100000000",
            by=SYSTEM,
            at=now,
        ).id
        for n in range(60)
    ]
    for start in range(0, ENTRIES, 5000):
        with transaction.atomic():
            made = Resource.objects.bulk_create(
                entry(n, draw, organisations, now) for n in range(start, min(ENTRIES, start + 5000))
            )
            ResourceField.objects.bulk_create(
                ResourceField(
                    resource=one,
                    order=k,
                    name=f"field_{k}",
                    title_zh=draw.choice(WORDS_A) + "编号",
                    title_en=f"Field name {k}",
                    type="text",
                )
                for one in made
                for k in range(4)
            )
            search.reindex([one.pk for one in made])
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def entry(n: int, draw: random.Random, organisations: list[int], now):
    from zhengtong.apps.catalog.models import Resource

    title = draw.choice(WORDS_A) + draw.choice(WORDS_B) + draw.choice(WORDS_C)
    return Resource(
        code=f"{draw.choice('123')}{draw.randrange(100):02d}{draw.randrange(100):03d}/{n:07d}",
        name=f"r-{n}",
        title_zh=title,
        title_en=f"Resource {n}",
        summary_zh=f"{title}，由{draw.choice(WORDS_A)}业务产生",
        summary_en="A resource",
        provider_id=draw.choice(organisations),
        status="published" if draw.random() < 0.97 else "draft",
        share_type=draw.choice((1, 2, 2, 3)),
        open_type=draw.choice(("unconditional", "conditional", "not-open")),
        update_cycle=draw.choice(("daily", "weekly", "monthly", "yearly", "irregular")),
        format=draw.choice(("database", "spreadsheet")),
        data_class="综合",
        data_level=draw.choice((1, 2, 3)),
        published_on=now.date(),
        registered_at=now,
    )


def measure() -> list[Figure]:
    from zhengtong.apps.catalog import queries
    from zhengtong.apps.people.shapes import SYSTEM

    figures = []
    for name, asked in (
        ("first page", [{}]),
        ("search, first asked", [{"q": q} for q in QUERIES]),
        ("search and facet", [{"q": q, "share_type": "1"} for q in QUERIES]),
        ("second page", [{"q": q, "page": 2} for q in QUERIES]),
        ("facet", [{"data_level": "2", "open_type": "not-open"}]),
    ):
        taken = []
        for one in asked:
            started = time.perf_counter()
            page = queries.list_resources(by=SYSTEM, **one)
            taken.append(time.perf_counter() - started)
            if not page.total:
                raise RuntimeError(f"nothing found: {one}")
        middle, worst = statistics.median(taken), max(taken)
        figures.append(
            Figure(
                name,
                round(middle * 1000, 1),
                "ms",
                bar=f"<= {BAR_SECONDS * 1000:g} ms",
                holds=middle <= BAR_SECONDS,
                note=f"{ENTRIES:,} entries; slowest {worst * 1000:.0f} ms",
            )
        )
    return figures
