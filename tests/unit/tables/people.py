"""Seeded synthetic values of every kind, made without the detectors' own word lists."""

from __future__ import annotations

import datetime
import random

from zhengtong.kit.identifiers import make_credit_code, make_resident_id

SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文"
GIVEN = "伟芳娜秀英敏静丽强磊军洋勇艳杰娟涛明超霞平刚桂芝玉兰淑华建国志红梅鹏辉晨宇欣雨佳怡浩然梓涵子轩思远嘉"
ROADS = ["和平路", "人民大道", "建设街", "滨江路", "学府街", "文昌巷"]


def luhn_check(body: str) -> str:
    total = 0
    for place, digit in enumerate(reversed(body)):
        value = int(digit) * (2 if place % 2 == 0 else 1)
        total += value - 9 if value > 9 else value
    return str(-total % 10)


def resident_id(draw):
    born = datetime.date(1940, 1, 1) + datetime.timedelta(days=draw.randrange(30000))
    return make_resident_id(
        region_code=f"99{draw.randrange(1, 20):02d}{draw.randrange(1, 30):02d}",
        born_on=born,
        sequence=draw.randrange(1000),
    ).canonical


def credit_code(draw):
    body = "".join(draw.choice("0123456789ABCDEFGHJKLMNPQRTUWXY") for _ in range(8))
    region = f"{draw.choice(['9901', '9902'])}{draw.randrange(1, 30):02d}"
    return make_credit_code(authority="9", category="1", region_code=region, body=body).canonical


def name(draw):
    return draw.choice(SURNAMES) + "".join(draw.choice(GIVEN) for _ in range(draw.choice([1, 2, 2])))


def phone(draw):
    return draw.choice(["138", "139", "150", "186", "199", "177"]) + f"{draw.randrange(10**8):08d}"


def bank_card(draw):
    body = draw.choice(["622848", "621700", "622202"]) + "".join(str(draw.randrange(10)) for _ in range(12))
    return body + luhn_check(body)


MAKERS = {
    "resident-id": resident_id,
    "credit-code": credit_code,
    "name": name,
    "phone": phone,
    "bank-card": bank_card,
    "landline": lambda draw: f"0{draw.randrange(310, 999)}-{draw.randrange(2, 9)}{draw.randrange(10**6):06d}",
    "email": lambda draw: f"user{draw.randrange(10**6)}@{draw.choice(['example.org', 'mail.example.cn'])}",
    "plate": lambda draw: (
        f"澜{draw.choice('ABCD')}"
        + "".join(draw.choice("ABCDEFGH0123456789") for _ in range(4))
        + str(draw.randrange(10))
    ),
    "address": lambda draw: (
        f"澜江市{draw.choice(['云栖区', '临江县', '东湖区'])}{draw.choice(ROADS)}{draw.randrange(1, 900)}号{draw.randrange(1, 30)}栋{draw.randrange(101, 3000)}室"
    ),
    "organisation-name": lambda draw: (
        f"澜江市{draw.choice('宏恒瑞盛永')}{draw.choice('达泰丰源昌')}{draw.choice(['商贸有限公司', '餐饮管理有限公司', '第一小学', '人民医院', '大药房'])}"
    ),
    "region-code": lambda draw: (
        f"99{draw.randrange(1, 20):02d}{draw.randrange(1, 40):02d}{draw.choice(['', f'{draw.randrange(1, 400):03d}{draw.randrange(200, 400):03d}'])}"
    ),
    "date": lambda draw: (datetime.date(2001, 1, 1) + datetime.timedelta(days=draw.randrange(9000))).strftime(
        draw.choice(["%Y-%m-%d", "%Y/%m/%d", "%Y%m%d"])
    ),
}
#: look like something, are nothing
OTHERS = [
    lambda draw: f"{draw.randrange(10**17, 10**18)}",
    lambda draw: (
        f"{draw.choice(['11', '43', '99'])}{draw.randrange(10**4):04d}{draw.randrange(1900, 2100)}{draw.randrange(10**4):04d}{draw.randrange(10**4):04d}"
    ),
    lambda draw: f"{draw.randrange(10**10):010d}",
    lambda draw: f"{draw.randrange(1000)}.{draw.randrange(100):02d}",
    lambda draw: draw.choice(
        [
            "高级",
            "高中",
            "安全",
            "马路",
            "方案",
            "黄色",
            "白天",
            "合格",
            "不合格",
            "已办结",
            "审核中",
            "许可证",
            "成年人",
            "文化程度",
            "温度",
        ]
    ),
    lambda draw: f"{draw.choice('ABCXYZ')}{draw.randrange(10**5):05d}-{draw.randrange(100):02d}",
    lambda draw: "材料齐全，符合法定形式，予以受理",
]


def seeded(seed=20260101):
    return random.Random(seed)
