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
    quality_rules = models.JSONField(default=list)
    retention = models.JSONField(default=dict, blank=True)
    version = models.PositiveIntegerField(default=0)
    published_on = models.DateField(null=True)
    registered_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(share_type__in=(1, 2, 3)), name="resource_share_type_1_to_3"),
            models.CheckConstraint(condition=models.Q(data_level__range=(1, 4)), name="resource_level_1_to_4"),
        ]
        indexes = [
            models.Index(fields=["status", "provider"]),
            models.Index(fields=["-published_on", "code"], name="resource_newest_first"),
            # what facets are counted by, so that counting reads no row
            models.Index(
                fields=["status", "provider", "share_type", "update_cycle", "data_level", "open_type", "format"],
                name="resource_facets",
            ),
        ]

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
    element = models.CharField(max_length=80, blank=True, db_index=True)
    confirmed_by = models.CharField(max_length=120, blank=True)
    confirmed_at = models.DateTimeField(null=True)

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
    quality = models.JSONField(default=dict)
    held_reason = models.CharField(max_length=500, blank=True)
    held_until = models.DateTimeField(null=True)
    removed_at = models.DateTimeField(null=True)

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


class FieldLineage(models.Model):
    """Where a field's values come from（数据血缘）: one edge from a field of another resource."""

    to_field = models.ForeignKey(ResourceField, on_delete=models.CASCADE, related_name="comes_from")
    from_field = models.ForeignKey(ResourceField, on_delete=models.CASCADE, related_name="goes_to")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["to_field", "from_field"], name="catalog_lineage_once")]

    def __str__(self) -> str:
        return f"{self.from_field_id} → {self.to_field_id}"


class ResourceVersion(models.Model):
    """An entry as it was, or is to be, published（目录版本）: number 0 until it is."""

    resource = models.ForeignKey(Resource, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField(default=0)
    state = models.CharField(max_length=12, default="proposed")
    declaration = models.JSONField()
    digest = models.CharField(max_length=71)
    reason = models.CharField(max_length=500, blank=True)
    proposed_by_account = models.BigIntegerField(null=True)
    proposed_at = models.DateTimeField()
    due_on = models.DateField(null=True)
    submitted_at = models.DateTimeField(null=True)
    review_due_on = models.DateField(null=True)
    decided_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=["proposed", "submitted", "published", "replaced", "rejected"]),
                name="catalog_version_state",
            ),
            models.UniqueConstraint(
                fields=["resource"],
                condition=models.Q(state__in=["proposed", "submitted"]),
                name="catalog_one_open_version",
            ),
        ]
        indexes = [models.Index(fields=["state", "review_due_on"], name="catalog_version_due")]

    def __str__(self) -> str:
        return f"{self.resource_id} v{self.number} {self.state}"


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
