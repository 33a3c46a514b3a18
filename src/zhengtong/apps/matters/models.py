"""Records of the matters room（事项）; nobody outside it imports them."""

from __future__ import annotations

from django.db import models
from django.db.models import Q


class Matter(models.Model):
    """A matter（事项）: run by a pack, or known from a list that was brought in."""

    code = models.CharField(max_length=120, unique=True)
    kind = models.CharField(max_length=20, default="matter")
    source = models.CharField(max_length=10)
    status = models.CharField(max_length=12, default="published", db_index=True)
    status_reason = models.CharField(max_length=300, blank=True)
    title_zh = models.CharField(max_length=300)
    title_en = models.CharField(max_length=300, blank=True)
    summary_zh = models.TextField(blank=True)
    summary_en = models.TextField(blank=True)
    keywords = models.JSONField(default=list)
    pinyin = models.TextField(blank=True)  # title, then each keyword: syllables apart, phrases between "|"
    function = models.CharField(max_length=40, blank=True)
    organisation = models.ForeignKey("people.Organisation", null=True, on_delete=models.PROTECT, related_name="+")
    department_name = models.CharField(max_length=120, blank=True, db_index=True)
    department_uscc = models.CharField(max_length=40, blank=True, db_index=True)
    region_code = models.CharField(max_length=12, blank=True)
    main_item = models.CharField(max_length=300, blank=True)
    task_type = models.CharField(max_length=2)
    catalog_code = models.CharField(max_length=50, blank=True)
    task_code = models.CharField(max_length=80, blank=True)
    audience = models.CharField(max_length=20, blank=True)
    promised_days = models.PositiveIntegerField(null=True)
    promised_unit = models.CharField(max_length=12, blank=True)
    statutory_days = models.PositiveIntegerField(null=True)
    statutory_unit = models.CharField(max_length=12, blank=True)
    visits = models.PositiveSmallIntegerField(null=True)
    case_kind = models.CharField(max_length=1, blank=True)  # GB/T 39046 A.6; "" when nobody said
    online_depth = models.PositiveSmallIntegerField(null=True)
    is_online = models.BooleanField(null=True)
    materials = models.PositiveSmallIntegerField(null=True)  # how many are demanded, and how many of them are spared
    materials_spared = models.PositiveSmallIntegerField(null=True)
    theme = models.CharField(max_length=40, blank=True, db_index=True)
    version = models.PositiveIntegerField(default=1)
    updated_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(source__in=["pack", "import"]), name="matters_matter_source"),
            models.CheckConstraint(
                condition=Q(status__in=["draft", "reviewed", "published", "paused", "withdrawn"]),
                name="matters_matter_status",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.title_zh}"


class PackVersion(models.Model):
    """One version of a pack（事项包版本）: its canonical text, frozen once published."""

    matter = models.ForeignKey(Matter, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    digest = models.CharField(max_length=71)
    canonical = models.TextField()
    state = models.CharField(max_length=12)
    effective_from = models.DateField()
    effective_to = models.DateField(null=True)
    regions = models.JSONField(default=list)
    author_id = models.BigIntegerField(null=True)
    author_label = models.CharField(max_length=120)
    reviewer_id = models.BigIntegerField(null=True)
    reviewer_label = models.CharField(max_length=120, blank=True)
    created_at = models.DateTimeField()
    reviewed_at = models.DateTimeField(null=True)
    published_at = models.DateTimeField(null=True)
    receipt_no = models.CharField(max_length=40, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["matter", "number"], name="matters_version_number"),
            models.UniqueConstraint(fields=["matter", "digest"], name="matters_version_digest"),
            models.CheckConstraint(
                condition=Q(state__in=["draft", "reviewed", "published", "withdrawn"]), name="matters_version_state"
            ),
            models.CheckConstraint(
                condition=Q(reviewer_id=None) | Q(author_id=None) | ~Q(reviewer_id=models.F("author_id")),
                name="matters_version_second_person",
            ),
        ]
        indexes = [models.Index(fields=["digest"], name="matters_version_by_digest")]

    def __str__(self) -> str:
        return f"{self.matter_id} v{self.number}"


class MatterChange(models.Model):
    """What an import changed of a matter（变更记录）."""

    matter = models.ForeignKey(Matter, on_delete=models.PROTECT, related_name="changes")
    at = models.DateTimeField()
    by_label = models.CharField(max_length=120)
    changes = models.JSONField()
    receipt_no = models.CharField(max_length=40, blank=True)

    class Meta:
        ordering = ["-at", "-id"]

    def __str__(self) -> str:
        return f"{self.matter_id} {self.at:%Y-%m-%d}"


class ListedMaterial(models.Model):
    """A material of an imported matter（导入事项的材料）, from a list that was brought in."""

    matter = models.ForeignKey(Matter, on_delete=models.PROTECT, related_name="listed")
    name = models.CharField(max_length=200)
    source = models.CharField(max_length=2, blank=True)
    at = models.DateTimeField()
    receipt_no = models.CharField(max_length=40)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["matter", "name"], name="matters_listed_once")]

    def __str__(self) -> str:
        return f"{self.matter_id} {self.name}"


class Proposal(models.Model):
    """A proposal to spare a material（证明替代建议）: who made it, why, and its receipt; one for each material."""

    matter = models.ForeignKey(Matter, on_delete=models.PROTECT, related_name="proposals")
    material = models.CharField(max_length=200)
    replacement = models.CharField(max_length=120)
    reason = models.CharField(max_length=300)
    by_label = models.CharField(max_length=120)
    organisation_id = models.BigIntegerField(null=True)
    at = models.DateTimeField()
    receipt_no = models.CharField(max_length=40)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["matter", "material"], name="matters_proposed_once")]

    def __str__(self) -> str:
        return f"{self.matter_id} {self.material}"
