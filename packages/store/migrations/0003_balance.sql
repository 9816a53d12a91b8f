-- What people add to an assessment: what-if scenarios and evidence files.

create table app.scenarios (
  district_id integer not null references app.districts on delete restrict,
  id          bigint generated always as identity,
  school_year smallint not null check (school_year between 1990 and 2100),
  owner_id    bigint not null default app.account_id(),
  owner_name  text default app.account_name(),
  name        text not null check (length(name) between 1 and 100),
  note        text not null check (length(note) <= 2000),
  changes     jsonb not null,
  is_shared   boolean not null,
  created_at  timestamptz not null default now(),
  updated_at  timestamptz not null default now(),
  primary key (district_id, id),
  constraint scenarios_name_key unique (district_id, school_year, owner_id, name),
  foreign key (district_id, owner_id) references app.accounts (district_id, id) on delete restrict
);
comment on table app.scenarios is '测算方案：假设的数据改动，不影响填报数据';
comment on column app.scenarios.district_id is '区县编号';
comment on column app.scenarios.id is '方案编号';
comment on column app.scenarios.school_year is '学年（起始年份）';
comment on column app.scenarios.owner_id is '建立人账号编号';
comment on column app.scenarios.owner_name is '建立人姓名';
comment on column app.scenarios.name is '名称';
comment on column app.scenarios.note is '说明';
comment on column app.scenarios.changes is '改动：学校、学段、数据项、数值';
comment on column app.scenarios.is_shared is '是否共享';
comment on column app.scenarios.created_at is '建立时间';
comment on column app.scenarios.updated_at is '修改时间';

create table app.evidence_files (
  district_id integer not null references app.districts on delete restrict,
  id          bigint generated always as identity,
  school_year smallint not null check (school_year between 1990 and 2100),
  item        text not null check (length(item) between 1 and 20),
  file_name   text not null check (length(file_name) between 1 and 300),
  media_type  text not null check (length(media_type) between 1 and 200),
  byte_count  integer not null,
  sha256      bytea not null check (length(sha256) = 32),
  content     bytea not null,
  added_by    bigint not null default app.account_id(),
  added_name  text default app.account_name(),
  added_at    timestamptz not null default now(),
  primary key (district_id, id)
);
create index evidence_files_item on app.evidence_files (district_id, school_year, item);
comment on table app.evidence_files is '佐证材料';
comment on column app.evidence_files.district_id is '区县编号';
comment on column app.evidence_files.id is '材料编号';
comment on column app.evidence_files.school_year is '学年（起始年份）';
comment on column app.evidence_files.item is '指标编号';
comment on column app.evidence_files.file_name is '文件名';
comment on column app.evidence_files.media_type is '文件类型';
comment on column app.evidence_files.byte_count is '文件大小（字节）';
comment on column app.evidence_files.sha256 is '文件的 SHA-256';
comment on column app.evidence_files.content is '文件内容';
comment on column app.evidence_files.added_by is '上传人账号编号';
comment on column app.evidence_files.added_name is '上传人姓名';
comment on column app.evidence_files.added_at is '上传时间';
-- already compressed kinds of files
alter table app.evidence_files alter column content set storage external;

alter table app.scenarios enable row level security;
alter table app.scenarios force row level security;
alter table app.evidence_files enable row level security;
alter table app.evidence_files force row level security;

create policy own on app.scenarios for select to xingfu_user
  using (district_id = (select app.district_id()) and (select app.may('scenario.use')) and (is_shared or owner_id = (select app.account_id())));
create policy own_insert on app.scenarios for insert to xingfu_user
  with check (district_id = (select app.district_id()) and (select app.may('scenario.use')) and owner_id = (select app.account_id()));
create policy own_update on app.scenarios for update to xingfu_user
  using (district_id = (select app.district_id()) and (select app.may('scenario.use')) and owner_id = (select app.account_id()));
create policy own_delete on app.scenarios for delete to xingfu_user
  using (district_id = (select app.district_id()) and (select app.may('scenario.use')) and owner_id = (select app.account_id()));
create policy reach on app.evidence_files for select to xingfu_user
  using (district_id = (select app.district_id()) and (select app.may('assessment.read')));
create policy record_insert on app.evidence_files for insert to xingfu_user
  with check (district_id = (select app.district_id()) and (select app.may('finding.record')) and added_by = (select app.account_id()));
create policy record_delete on app.evidence_files for delete to xingfu_user
  using (district_id = (select app.district_id()) and (select app.may('finding.record')));

grant select (district_id, id, school_year, owner_id, owner_name, name, note, changes, is_shared, created_at, updated_at),
  insert (district_id, school_year, name, note, changes, is_shared),
  update (name, note, changes, is_shared, updated_at) on app.scenarios to xingfu_user;
grant delete on app.scenarios to xingfu_user;
grant select (district_id, id, school_year, item, file_name, media_type, byte_count, sha256, content, added_by, added_name, added_at),
  insert (district_id, school_year, item, file_name, media_type, byte_count, sha256, content) on app.evidence_files to xingfu_user;
grant delete on app.evidence_files to xingfu_user;
