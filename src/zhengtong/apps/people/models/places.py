"""Regions and organisations."""

from __future__ import annotations

from django.db import models
from django.db.models import Q


class Region(models.Model):
    """One period of a region（区划）; a code that was abolished keeps its row, with the code that replaced it."""

    code = models.CharField(max_length=12)
    level = models.PositiveSmallIntegerField()
    name_zh = models.CharField(max_length=80)
    name_en = models.CharField(max_length=120)
    parent_code = models.CharField(max_length=12, blank=True)
    urban_rural_code = models.CharField(max_length=3, blank=True)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)
    replaced_by = models.CharField(max_length=12, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["code", "valid_from"], name="people_region_period"),
            models.UniqueConstraint(fields=["code"], condition=Q(valid_to=None), name="people_region_one_current"),
            models.CheckConstraint(condition=Q(level__gte=1, level__lte=5), name="people_region_level"),
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gte=models.F("valid_from")), name="people_region_dates"
            ),
        ]
        indexes = [models.Index(fields=["parent_code"], name="people_region_parent")]

    def __str__(self) -> str:
        return f"{self.code} {self.name_zh}"


class Organisation(models.Model):
    """An organisation（机构）; `function` says what it leads in its region, empty for units without such a lead."""

    uscc = models.CharField(max_length=18, unique=True)
    name_zh = models.CharField(max_length=120)
    name_en = models.CharField(max_length=200)
    short_zh = models.CharField(max_length=40)
    short_en = models.CharField(max_length=80, blank=True)
    function = models.CharField(max_length=40, blank=True)
    region_code = models.CharField(max_length=12)
    parent = models.ForeignKey("people.Organisation", null=True, on_delete=models.PROTECT, related_name="units")
    registered_at = models.DateTimeField()
    closed_on = models.DateField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["function", "region_code"],
                condition=Q(closed_on=None) & ~Q(function=""),
                name="people_organisation_one_lead",
            ),
        ]

    def __str__(self) -> str:
        return self.name_zh
