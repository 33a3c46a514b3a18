"""Records of the catalogue（目录）: the description in the database, the rows themselves in the data plane."""

from __future__ import annotations

from django.db import models


class Resource(models.Model):
    """A data resource; columns follow the 15 core elements of the catalogue guide and art. 13 of the regulation."""

    code = models.CharField(max_length=64, unique=True)
    name = models.SlugField(max_length=60, unique=True)
    title_zh = models.CharField(max_length=200)
    title_en = models.CharField(max_length=200)
    summary_zh = models.TextField()
    summary_en = models.TextField()
    provider = models.ForeignKey("people.Organisation", on_delete=models.PROTECT, related_name="+")
    status = models.CharField(max_length=12, default="draft")
    share_type = models.PositiveSmallIntegerField()
    share_scope = models.CharField(max_length=500, blank=True)
    share_purpose = models.CharField(max_length=500, blank=True)
    no_share_reason = models.CharField(max_length=500, blank=True)
    basis = models.CharField(max_length=500, blank=True)
    share_modes = models.JSONField(default=list)
    open_type = models.CharField(max_length=20)
    update_cycle = models.CharField(max_length=20)
    format = models.CharField(max_length=20)
    data_class = models.CharField(max_length=60)
    data_level = models.PositiveSmallIntegerField()
    national_level = models.CharField(max_length=20, default="一般数据")
    secrecy_checked = models.BooleanField(default=False)
    pia_no = models.CharField(max_length=60, blank=True)
    registered_by_account = models.BigIntegerField(null=True)
    approved_by = models.CharField(max_length=80, blank=True)
    is_source_of_truth = models.BooleanField(default=False)
    subject_kind = models.CharField(max_length=12, blank=True)
    subject_field = models.CharField(max_length=60, blank=True)
    latest_by = models.CharField(max_length=60, blank=True)
    related = models.JSONField(default=list)
    published_on = models.DateField(null=True)
    registered_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(share_type__in=(1, 2, 3)), name="resource_share_type_1_to_3"),
            models.CheckConstraint(condition=models.Q(data_level__range=(1, 4)), name="resource_level_1_to_4"),
        ]
        indexes = [models.Index(fields=["status", "provider"])]

    def __str__(self) -> str:
        return f"{self.code} {self.title_zh}"


class ResourceField(models.Model):
    """One data item of a resource."""

    resource = models.ForeignKey(Resource, on_delete=models.CASCADE, related_name="items")
    order = models.PositiveSmallIntegerField()
    name = models.SlugField(max_length=60)
    title_zh = models.CharField(max_length=120)
    title_en = models.CharField(max_length=120)
    type = models.CharField(max_length=20)
    unit = models.CharField(max_length=20, blank=True)
    code_list = models.JSONField(default=dict)
    sensitivity = models.PositiveSmallIntegerField(default=2)
    personal = models.BooleanField(default=False)
    share_type = models.PositiveSmallIntegerField(default=2)
    basis = models.CharField(max_length=300, blank=True)
    mask = models.CharField(max_length=40, blank=True)
    is_key = models.BooleanField(default=False)

    class Meta:
        ordering = ["order"]
        constraints = [models.UniqueConstraint(fields=["resource", "name"], name="field_once_per_resource")]

    def __str__(self) -> str:
        return f"{self.resource_id}.{self.name}"


class SnapshotRecord(models.Model):
    """A version of a resource's rows; one is current."""

    resource = models.ForeignKey(Resource, on_delete=models.CASCADE, related_name="snapshots")
    version = models.CharField(max_length=20)
    manifest = models.JSONField()
    profile = models.JSONField(default=dict)
    rows = models.BigIntegerField()
    rejected_rows = models.BigIntegerField(default=0)
    digest = models.CharField(max_length=80)
    loaded_at = models.DateTimeField()
    is_current = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["resource", "version"], name="snapshot_version_once"),
            models.UniqueConstraint(
                fields=["resource"], condition=models.Q(is_current=True), name="one_current_snapshot_per_resource"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.resource_id} {self.version}"


class ResourceEventRecord(models.Model):
    """One step of a resource's life; never changed."""

    resource = models.ForeignKey(Resource, on_delete=models.CASCADE, related_name="events")
    seq = models.PositiveIntegerField()
    kind = models.CharField(max_length=24)
    at = models.DateTimeField()
    by_label = models.CharField(max_length=80)
    note = models.CharField(max_length=1000, blank=True)
    receipt_no = models.CharField(max_length=40)

    class Meta:
        ordering = ["seq"]
        constraints = [models.UniqueConstraint(fields=["resource", "seq"], name="resource_event_seq_once")]

    def __str__(self) -> str:
        return f"{self.resource_id}#{self.seq} {self.kind}"


class Epoch(models.Model):
    """A number that moves with every change of what the data plane enforces; processes watch it to drop what they hold.

    One row, counted up last in each changing transaction: its lock makes the numbers commit in their order.
    """

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    number = models.BigIntegerField(default=0)

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="catalog_one_epoch")]

    def __str__(self) -> str:
        return str(self.number)
