"""Two fictional registers of mostly the same people, as badly written as registers are, with the truth known.

Noise: slips in names and homophones, digits exchanged or mistyped in numbers, numbers missing or of fifteen digits,
moved addresses, shared and changed telephones, dates with day and month exchanged, twins, people of one name and one
birthday, people only one side knows, full-width digits and blanks, dotted names written with other dots.
"""

from __future__ import annotations

import csv
import datetime as dt
import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

SURNAMES = "王李张刘陈杨黄赵周吴徐孙马朱胡郭何高林罗郑梁谢宋唐许邓韩冯曹彭曾肖田董潘袁蔡蒋余于杜叶程魏苏吕丁任卢姚沈钟姜崔谭陆范汪廖石金韦贾夏付方邹熊白孟秦邱侯江尹薛阎段雷龙黎史陶贺毛郝顾龚邵万"
GIVEN = "伟芳娜秀英敏静丽强磊军洋勇艳杰娟涛明超兰霞平刚桂玉萍红鹏飞华文辉建国志新海燕春梅晓宁浩宇子轩梓涵欣怡思远雨泽嘉琪俊博佳睿诗琳雪婷慧颖晨曦帆凯旋彤瑶楠坤振东少鸿德仁义礼智信永康福祥瑞庆云峰岚翠莲淑贞惠珍凤仙巧银花月菊竹松柏林森山川河江洪波澜亮光耀星辰"
MINORITY = [
    "买买提",
    "艾合买提",
    "阿卜杜拉",
    "古丽",
    "帕提古丽",
    "热合曼",
    "卓玛",
    "扎西",
    "次仁",
    "央金",
    "巴特尔",
    "其其格",
    "乌兰",
    "阿依古丽",
    "吐尔逊",
]
HOMOPHONES = {
    "伟": "玮",
    "静": "婧",
    "丽": "莉",
    "杰": "洁",
    "娟": "鹃",
    "明": "铭",
    "文": "雯",
    "辉": "晖",
    "海": "诲",
    "晓": "小",
    "宁": "柠",
    "浩": "皓",
    "宇": "雨",
}
STREETS = [
    "和平路",
    "建设路",
    "人民路",
    "解放路",
    "中山路",
    "青年路",
    "文化路",
    "新华路",
    "长江路",
    "黄河路",
    "桃园街",
    "柳林巷",
    "河西街",
    "北关村",
    "南岭村",
]
TOWNS = ["云栖区", "松江区", "临湖县", "青石县", "白河县"]
FIELDS = ("record", "id_number", "name", "sex", "born", "phone", "address")
_CHECK = [pow(2, 18 - place, 11) for place in range(1, 18)]


@dataclass(frozen=True)
class Person:
    """Somebody who does not exist, as they truly are."""

    number: str
    name: str
    sex: str
    born: dt.date
    phone: str
    address: str


def make_number(region: int, born: dt.date, sequence: int) -> str:
    body = f"99{region:04d}{born:%Y%m%d}{sequence:03d}"
    return body + "10X98765432"[sum(int(d) * w for d, w in zip(body, _CHECK, strict=True)) % 11]


def make_people(count: int, seed: int) -> list[Person]:
    """Return people of families that share address and telephone, with twins and namesakes among them."""
    draw, people, used = random.Random(seed), [], set()
    while len(people) < count:
        town, street = draw.choice(TOWNS), draw.choice(STREETS)
        address = f"澜江市{town}{street}{draw.randint(1, 899)}号{draw.randint(1, 30)}栋{draw.randint(101, 2804)}室"
        surname, phone, region = draw.choice(SURNAMES), _phone(draw), draw.randint(101, 160)
        for _ in range(draw.choice((1, 1, 2, 2, 3, 4))):
            person = _person(draw, surname, phone if draw.random() < 0.3 else _phone(draw), address, region, used)
            people.append(person)
            if draw.random() < 0.02:  # a twin: same day, house and often telephone, next number, a like name
                people.append(_twin(draw, person, used))
        if draw.random() < 0.02:  # a namesake born the same day elsewhere
            one = draw.choice(people)
            other = _person(draw, surname, _phone(draw), address, region, used)
            number = _free(draw, region, one.born, one.sex, used)
            people.append(replace(other, name=one.name, sex=one.sex, born=one.born, number=number))
    return people[:count]


def _phone(draw: random.Random) -> str:
    return f"1{draw.choice('3578')}{draw.randint(0, 9)}{draw.randint(0, 99_999_999):08d}"


def _person(draw: random.Random, surname: str, phone: str, address: str, region: int, used: set[str]) -> Person:
    born = dt.date(1935, 1, 1) + dt.timedelta(days=draw.randint(0, 31_000))
    sex = draw.choice("男女")
    given = "".join(draw.choices(GIVEN, k=draw.choice((1, 2, 2, 2))))
    name = surname + given if draw.random() > 0.03 else "·".join(draw.sample(MINORITY, 2))
    return Person(_free(draw, region, born, sex, used), name, sex, born, phone, address)


def _free(draw: random.Random, region: int, born: dt.date, sex: str, used: set[str]) -> str:
    while True:
        sequence = draw.randint(0, 499) * 2 + (sex == "男")
        number = make_number(region, born, sequence)
        if number not in used:
            used.add(number)
            return number


def _twin(draw: random.Random, one: Person, used: set[str]) -> Person:
    number = _free(draw, int(one.number[2:6]), one.born, one.sex, used)
    name = one.name[:-1] + draw.choice(GIVEN)
    return replace(
        one,
        number=number,
        name=name if name != one.name else one.name + "儿",
        phone=one.phone if draw.random() < 0.5 else _phone(draw),
    )


def write_down(person: Person, draw: random.Random) -> dict[str, str]:
    """Return the person as a clerk wrote them."""
    number, name, born, phone, address = person.number, person.name, person.born, person.phone, person.address
    if draw.random() < 0.06:
        number = ""
    elif draw.random() < 0.05:
        number = _slip(number, draw)
    elif draw.random() < 0.02 and person.born.year < 2000:
        number = number[:6] + number[8:17]
    if draw.random() < 0.05:
        name = _misspell(name, draw)
    if draw.random() < 0.02 and born.day <= 12:
        born = dt.date(born.year, born.day, born.month)
    if draw.random() < 0.12:
        phone = _phone(draw) if draw.random() < 0.7 else ""
    if draw.random() < 0.15:
        address = f"{draw.choice(TOWNS)}{draw.choice(STREETS)}{draw.randint(1, 899)}号{draw.randint(101, 2804)}室"
    elif draw.random() < 0.2:
        address = address.removeprefix("澜江市")
    told = {
        "id_number": number,
        "name": name,
        "sex": person.sex,
        "born": born.isoformat(),
        "phone": phone,
        "address": address,
    }
    if draw.random() < 0.05:
        told["id_number"] = "".join(chr(ord(c) + 0xFEE0) if c.isdigit() else c.lower() for c in told["id_number"])
        told["name"] = told["name"].replace("·", "•")
        told["phone"] = f"+86 {told['phone']}" if told["phone"] else ""
    return told


def _slip(number: str, draw: random.Random) -> str:
    place = draw.randint(6, 15)
    if draw.random() < 0.5:
        return number[:place] + number[place + 1] + number[place] + number[place + 2 :]
    return number[:place] + draw.choice("0123456789") + number[place + 1 :]


def _misspell(name: str, draw: random.Random) -> str:
    for char, other in HOMOPHONES.items():
        if char in name[1:]:
            return name.replace(char, other)
    place = draw.randrange(1, len(name))
    return name[:place] + draw.choice(GIVEN) + name[place + 1 :]


def write_registers(folder: Path, count: int, seed: int = 1) -> dict[str, dict[str, int]]:
    """Write left.csv and right.csv of `count` rows each; return for each the person of each record. 92 % are in both."""
    people = make_people(count + count * 8 // 100, seed)
    draw, truth = random.Random(seed + 1), {}
    shared = count * 92 // 100
    only = count - shared
    sides = {"left": range(count), "right": [*range(shared), *range(count, count + only)]}
    for side, whose in sides.items():
        order = list(whose)
        draw.shuffle(order)
        truth[side] = {f"{side[0].upper()}{place:07d}": person for place, person in enumerate(order)}
        with (folder / f"{side}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, FIELDS)
            writer.writeheader()
            writer.writerows(rows(people, truth[side], draw))
    return truth


def rows(people: list[Person], truth: dict[str, int], draw: random.Random) -> Iterator[dict[str, str]]:
    for record, person in truth.items():
        yield {"record": record, **write_down(people[person], draw)}
