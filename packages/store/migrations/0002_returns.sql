-- Returns: batches of rows that never change, the pointers that say which batch is current, and where each school stands.

create table app.return_years (
  district_id integer not null references app.districts on delete restrict,
  school_year smallint not null check (school_year between 1990 and 2100),
  revision    bigint not null default 0,
  reported_by bigint,
  reported_name text,
  reported_at timestamptz,
  primary key (district_id, school_year)
);
comment on table app.return_years is '学年';
comment on column app.return_years.revision is '数据版本号：每次导入、撤销加一';
comment on column app.return_years.reported_by is '最近变动人账号编号';
comment on column app.return_years.reported_name is '最近变动人姓名';
comment on column app.return_years.reported_at is '最近变动时间';

create table app.return_deadlines (
  district_id integer not null references app.districts on delete restrict,
  school_year smallint not null check (school_year between 1990 and 2100),
  deadline    timestamptz,
  set_by      bigint default app.account_id(),
  set_name    text default app.account_name(),
  set_at      timestamptz not null default now(),
  primary key (district_id, school_year)
);
comment on table app.return_deadlines is '填报截止时间';
comment on column app.return_deadlines.deadline is '截止时间';
comment on column app.return_deadlines.set_by is '设定人账号编号';
comment on column app.return_deadlines.set_name is '设定人姓名';
comment on column app.return_deadlines.set_at is '设定时间';

create table app.batches (
  district_id  integer not null references app.districts on delete restrict,
  id           bigint generated always as identity,
  school_year  smallint not null check (school_year between 1990 and 2100),
  kind         text not null check (kind in ('import', 'finding', 'veto', 'sample', 'pupils', 'edit')),
  file_name    text check (length(file_name) <= 300),
  is_sample    boolean not null,
  row_count    integer not null,
  sections     text[] not null,
  school_count integer not null,
  pointer_count integer not null,
  created_by   bigint not null default app.account_id(),
  created_name text default app.account_name(),
  created_at   timestamptz not null default now(),
  undone_by    bigint,
  undone_name  text,
  undone_at    timestamptz,
  primary key (district_id, id)
);
create index batches_year on app.batches (district_id, school_year, id desc);
comment on table app.batches is '批次：一次整体载入、可整体撤销的数据';
comment on column app.batches.id is '批次编号';
comment on column app.batches.kind is '来源：导入、审核结论、一票否决、示例、学籍、修改';
comment on column app.batches.file_name is '文件名';
comment on column app.batches.is_sample is '是否示例数据';
comment on column app.batches.row_count is '行数';
comment on column app.batches.sections is '涉及的表';
comment on column app.batches.school_count is '涉及的学校数';
comment on column app.batches.pointer_count is '涉及的学校与表的组合数';
comment on column app.batches.created_by is '载入人账号编号';
comment on column app.batches.created_name is '载入人姓名';
comment on column app.batches.created_at is '载入时间';
comment on column app.batches.undone_by is '撤销人账号编号';
comment on column app.batches.undone_name is '撤销人姓名';
comment on column app.batches.undone_at is '撤销时间';

create table app.batch_sections (
  district_id       integer not null,
  batch_id          bigint not null,
  school_id         bigint not null,
  section           text not null,
  previous_batch_id bigint,
  row_count         integer not null,
  first_position    integer not null,
  content_hash      bytea not null check (length(content_hash) = 32),
  primary key (district_id, batch_id, school_id, section),
  foreign key (district_id, batch_id) references app.batches (district_id, id) on delete restrict,
  foreign key (district_id, school_id) references app.org_units (district_id, id) on delete restrict
);
create index batch_sections_school on app.batch_sections (district_id, school_id);
comment on table app.batch_sections is '批次涉及的学校和表';
comment on column app.batch_sections.section is '表';
comment on column app.batch_sections.previous_batch_id is '载入前的批次；空为原无数据';
comment on column app.batch_sections.row_count is '行数';
comment on column app.batch_sections.first_position is '首行行序：各校在全表中的先后';
comment on column app.batch_sections.content_hash is '内容的 SHA-256：内容不变的学校不重复载入';

create table app.current_sections (
  district_id   integer not null,
  school_year   smallint not null,
  school_id     bigint not null,
  section       text not null,
  batch_id      bigint,
  first_position integer not null,
  content_hash  bytea,
  is_sample     boolean not null,
  revision      bigint not null,
  switched_by   bigint,
  switched_name text,
  switched_at   timestamptz not null default now(),
  primary key (district_id, school_year, school_id, section),
  foreign key (district_id, school_id) references app.org_units (district_id, id) on delete restrict,
  foreign key (district_id, batch_id) references app.batches (district_id, id) on delete restrict
);
create index current_sections_section on app.current_sections (district_id, school_year, section);
create index current_sections_batch on app.current_sections (district_id, batch_id);
comment on table app.current_sections is '各学年、学校、表当前有效的批次';
comment on column app.current_sections.section is '表';
comment on column app.current_sections.batch_id is '当前批次；空为无数据';
comment on column app.current_sections.first_position is '首行行序：各校在全表中的先后';
comment on column app.current_sections.content_hash is '当前内容的 SHA-256';
comment on column app.current_sections.is_sample is '是否示例数据';
comment on column app.current_sections.revision is '切换时的数据版本号';
comment on column app.current_sections.switched_by is '切换人账号编号';
comment on column app.current_sections.switched_name is '切换人姓名';
comment on column app.current_sections.switched_at is '切换时间';

-- Rows of the sections ----------------------------------------------------------------------------------------------
-- Insert and read only: a correction is a new batch.

create table app.return_schools (
  district_id integer not null,
  batch_id bigint not null,
  school_id bigint not null,
  position integer not null,
  name text not null,
  type text not null,
  ownership text,
  setting text,
  group_name text,
  cluster_name text,
  is_counted boolean not null,
  parent_code text,
  built_year double precision,
  is_dense boolean,
  is_boarding boolean,
  migrant_pupils double precision,
  commitment_date date,
  kindergarten_pupils double precision,
  primary_pupils double precision,
  junior_pupils double precision,
  senior_pupils double precision,
  vocational_pupils double precision,
  primary key (district_id, batch_id, school_id, position),
  foreign key (district_id, batch_id) references app.batches (district_id, id) on delete restrict
);
comment on table app.return_schools is '学校基本情况';
comment on column app.return_schools.name is '学校名称';
comment on column app.return_schools.type is '办学类型（GB/T 33782，三位）';
comment on column app.return_schools.ownership is '举办性质：公办、民办';
comment on column app.return_schools.setting is '城乡类型代码（GB/T 33782）';
comment on column app.return_schools.group_name is '所属集团名称';
comment on column app.return_schools.cluster_name is '所属片区名称';
comment on column app.return_schools.is_counted is '是否计校数';
comment on column app.return_schools.parent_code is '所属本校的学校标识码';
comment on column app.return_schools.built_year is '建成年份';
comment on column app.return_schools.is_dense is '是否中心城区高密度学校';
comment on column app.return_schools.is_boarding is '是否寄宿制';
comment on column app.return_schools.migrant_pupils is '随迁子女在校生数（人）';
comment on column app.return_schools.commitment_date is '承诺达标日期';
comment on column app.return_schools.kindergarten_pupils is '幼儿园在园幼儿数（人）';
comment on column app.return_schools.primary_pupils is '小学在校生数（人）';
comment on column app.return_schools.junior_pupils is '初中在校生数（人）';
comment on column app.return_schools.senior_pupils is '高中在校生数（人）';
comment on column app.return_schools.vocational_pupils is '中职在校生数（人）';

create table app.return_classes (
  district_id integer not null,
  batch_id bigint not null,
  school_id bigint not null,
  position integer not null,
  stage text not null,
  grade double precision not null,
  class_name text not null,
  class_type text,
  pupils double precision,
  primary key (district_id, batch_id, school_id, position),
  foreign key (district_id, batch_id) references app.batches (district_id, id) on delete restrict
);
comment on table app.return_classes is '班级';
comment on column app.return_classes.stage is '学段';
comment on column app.return_classes.grade is '年级（学段内，自 1 起）';
comment on column app.return_classes.class_name is '班级名称';
comment on column app.return_classes.class_type is '班级类型代码';
comment on column app.return_classes.pupils is '班级人数（人）';

create table app.return_class_bands (
  district_id integer not null,
  batch_id bigint not null,
  school_id bigint not null,
  position integer not null,
  stage text not null,
  up_to_25 double precision,
  from_26_to_30 double precision,
  from_31_to_35 double precision,
  from_36_to_40 double precision,
  from_41_to_45 double precision,
  from_46_to_50 double precision,
  from_51_to_55 double precision,
  from_56_to_60 double precision,
  from_61_to_65 double precision,
  from_66 double precision,
  primary key (district_id, batch_id, school_id, position),
  foreign key (district_id, batch_id) references app.batches (district_id, id) on delete restrict
);
comment on table app.return_class_bands is '班额分段';
comment on column app.return_class_bands.stage is '学段';
comment on column app.return_class_bands.up_to_25 is '25人及以下班数';
comment on column app.return_class_bands.from_26_to_30 is '26至30人班数';
comment on column app.return_class_bands.from_31_to_35 is '31至35人班数';
comment on column app.return_class_bands.from_36_to_40 is '36至40人班数';
comment on column app.return_class_bands.from_41_to_45 is '41至45人班数';
comment on column app.return_class_bands.from_46_to_50 is '46至50人班数';
comment on column app.return_class_bands.from_51_to_55 is '51至55人班数';
comment on column app.return_class_bands.from_56_to_60 is '56至60人班数';
comment on column app.return_class_bands.from_61_to_65 is '61至65人班数';
comment on column app.return_class_bands.from_66 is '66人及以上班数';

create table app.return_staff (
  district_id integer not null,
  batch_id bigint not null,
  school_id bigint not null,
  position integer not null,
  staff_code text not null,
  name text not null,
  stage text not null,
  is_full_time_teacher boolean not null,
  education text,
  subject text,
  subject_name text,
  lead_level text,
  has_certificate boolean,
  training_hours double precision,
  is_eligible_for_rotation boolean,
  has_rotated boolean,
  is_visiting_pe_arts boolean,
  primary key (district_id, batch_id, school_id, position),
  foreign key (district_id, batch_id) references app.batches (district_id, id) on delete restrict
);
comment on table app.return_staff is '教职工';
comment on column app.return_staff.staff_code is '教职工编号';
comment on column app.return_staff.name is '姓名';
comment on column app.return_staff.stage is '任教学段';
comment on column app.return_staff.is_full_time_teacher is '是否专任教师';
comment on column app.return_staff.education is '学历';
comment on column app.return_staff.subject is '任教学科类别';
comment on column app.return_staff.subject_name is '任教学科名称';
comment on column app.return_staff.lead_level is '骨干教师级别';
comment on column app.return_staff.has_certificate is '是否持有教师资格证';
comment on column app.return_staff.training_hours is '近五年培训学时';
comment on column app.return_staff.is_eligible_for_rotation is '是否符合交流条件';
comment on column app.return_staff.has_rotated is '是否已交流';
comment on column app.return_staff.is_visiting_pe_arts is '是否兼职、走教的体育、艺术教师';

create table app.return_staff_counts (
  district_id integer not null,
  batch_id bigint not null,
  school_id bigint not null,
  position integer not null,
  stage text not null,
  doctorate_teachers double precision,
  master_teachers double precision,
  bachelor_teachers double precision,
  associate_teachers double precision,
  secondary_teachers double precision,
  below_secondary_teachers double precision,
  lead_teachers double precision,
  pe_teachers double precision,
  music_teachers double precision,
  fine_art_teachers double precision,
  arts_teachers double precision,
  visiting_pe_arts_teachers double precision,
  certified_teachers double precision,
  trained_teachers double precision,
  rotation_eligible_teachers double precision,
  rotated_teachers double precision,
  rotated_lead_teachers double precision,
  primary key (district_id, batch_id, school_id, position),
  foreign key (district_id, batch_id) references app.batches (district_id, id) on delete restrict
);
comment on table app.return_staff_counts is '教师分类统计';
comment on column app.return_staff_counts.stage is '学段';
comment on column app.return_staff_counts.doctorate_teachers is '博士学历专任教师数（人）';
comment on column app.return_staff_counts.master_teachers is '硕士学历专任教师数（人）';
comment on column app.return_staff_counts.bachelor_teachers is '本科学历专任教师数（人）';
comment on column app.return_staff_counts.associate_teachers is '专科学历专任教师数（人）';
comment on column app.return_staff_counts.secondary_teachers is '高中阶段学历专任教师数（人）';
comment on column app.return_staff_counts.below_secondary_teachers is '高中阶段以下学历专任教师数（人）';
comment on column app.return_staff_counts.lead_teachers is '县级及以上骨干教师数（人）';
comment on column app.return_staff_counts.pe_teachers is '体育教师数（人）';
comment on column app.return_staff_counts.music_teachers is '音乐教师数（人）';
comment on column app.return_staff_counts.fine_art_teachers is '美术教师数（人）';
comment on column app.return_staff_counts.arts_teachers is '艺术教师数（人）';
comment on column app.return_staff_counts.visiting_pe_arts_teachers is '兼职、走教体育艺术教师数（人）';
comment on column app.return_staff_counts.certified_teachers is '持教师资格证的专任教师数（人）';
comment on column app.return_staff_counts.trained_teachers is '五年培训满360学时的专任教师数（人）';
comment on column app.return_staff_counts.rotation_eligible_teachers is '符合交流条件的教师数（人）';
comment on column app.return_staff_counts.rotated_teachers is '交流教师数（人）';
comment on column app.return_staff_counts.rotated_lead_teachers is '交流骨干教师数（人）';

create table app.return_premises (
  district_id integer not null,
  batch_id bigint not null,
  school_id bigint not null,
  position integer not null,
  stage text,
  teaching_floor_area_m2 double precision,
  indoor_sports_area_m2 double precision,
  sports_ground_area_m2 double precision,
  converted_sports_area_m2 double precision,
  leased_sports_area_m2 double precision,
  equipment_yuan double precision,
  multimedia_rooms double precision,
  music_room_areas_m2 double precision[],
  art_room_areas_m2 double precision[],
  primary key (district_id, batch_id, school_id, position),
  foreign key (district_id, batch_id) references app.batches (district_id, id) on delete restrict
);
comment on table app.return_premises is '校舍与装备';
comment on column app.return_premises.stage is '学段；空为全校';
comment on column app.return_premises.teaching_floor_area_m2 is '教学及辅助用房面积（平方米）';
comment on column app.return_premises.indoor_sports_area_m2 is '其中室内体育用房面积（平方米）';
comment on column app.return_premises.sports_ground_area_m2 is '体育运动场馆面积（平方米）';
comment on column app.return_premises.converted_sports_area_m2 is '改建体育活动空间面积（平方米）';
comment on column app.return_premises.leased_sports_area_m2 is '租用校外场馆面积（平方米）';
comment on column app.return_premises.equipment_yuan is '教学仪器设备资产值（元）';
comment on column app.return_premises.multimedia_rooms is '网络多媒体教室数（间）';
comment on column app.return_premises.music_room_areas_m2 is '各音乐教室面积（平方米）';
comment on column app.return_premises.art_room_areas_m2 is '各美术教室面积（平方米）';

create table app.return_finance (
  district_id integer not null,
  batch_id bigint not null,
  school_id bigint not null,
  position integer not null,
  public_funds_budget_yuan double precision,
  public_funds_spent_yuan double precision,
  training_budget_yuan double precision,
  training_spent_yuan double precision,
  primary key (district_id, batch_id, school_id, position),
  foreign key (district_id, batch_id) references app.batches (district_id, id) on delete restrict
);
comment on table app.return_finance is '学校经费';
comment on column app.return_finance.public_funds_budget_yuan is '年度公用经费预算总额（元）';
comment on column app.return_finance.public_funds_spent_yuan is '年度公用经费支出（元）';
comment on column app.return_finance.training_budget_yuan is '教师培训经费预算（元）';
comment on column app.return_finance.training_spent_yuan is '教师培训经费支出（元）';

create table app.return_district_figures (
  district_id integer not null,
  batch_id bigint not null,
  school_id bigint not null,
  position integer not null,
  figure text not null,
  value double precision,
  note text,
  primary key (district_id, batch_id, school_id, position),
  foreign key (district_id, batch_id) references app.batches (district_id, id) on delete restrict
);
comment on table app.return_district_figures is '县级数据';
comment on column app.return_district_figures.figure is '数据项';
comment on column app.return_district_figures.value is '数值';
comment on column app.return_district_figures.note is '说明';

create table app.return_monitoring (
  district_id integer not null,
  batch_id bigint not null,
  school_id bigint not null,
  position integer not null,
  phase text not null,
  subject_name text not null,
  level double precision,
  between_school_share double precision,
  monitored_year double precision,
  primary key (district_id, batch_id, school_id, position),
  foreign key (district_id, batch_id) references app.batches (district_id, id) on delete restrict
);
comment on table app.return_monitoring is '国家义务教育质量监测结果';
comment on column app.return_monitoring.phase is '学段：小学、初中';
comment on column app.return_monitoring.subject_name is '学科';
comment on column app.return_monitoring.level is '等级（1 至 4）';
comment on column app.return_monitoring.between_school_share is '校际差异率（0 至 1）';
comment on column app.return_monitoring.monitored_year is '监测年份';

create table app.return_findings (
  district_id integer not null,
  batch_id bigint not null,
  school_id bigint not null,
  position integer not null,
  item text not null,
  is_met boolean,
  finding text,
  evidence text,
  reviewer text,
  reviewed_on date,
  primary key (district_id, batch_id, school_id, position),
  foreign key (district_id, batch_id) references app.batches (district_id, id) on delete restrict
);
comment on table app.return_findings is '审核结论';
comment on column app.return_findings.item is '指标编号';
comment on column app.return_findings.is_met is '是否达标';
comment on column app.return_findings.finding is '结论';
comment on column app.return_findings.evidence is '佐证';
comment on column app.return_findings.reviewer is '审核人';
comment on column app.return_findings.reviewed_on is '审核日期';

create table app.return_satisfaction (
  district_id integer not null,
  batch_id bigint not null,
  school_id bigint not null,
  position integer not null,
  party text not null,
  valid_answers double precision,
  satisfied_answers double precision,
  primary key (district_id, batch_id, school_id, position),
  foreign key (district_id, batch_id) references app.batches (district_id, id) on delete restrict
);
comment on table app.return_satisfaction is '社会认可度调查';
comment on column app.return_satisfaction.party is '调查对象';
comment on column app.return_satisfaction.valid_answers is '有效问卷数（份）';
comment on column app.return_satisfaction.satisfied_answers is '满意问卷数（份）';

create table app.return_vetoes (
  district_id integer not null,
  batch_id bigint not null,
  school_id bigint not null,
  position integer not null,
  veto text not null,
  has_occurred boolean,
  finding text,
  evidence text,
  primary key (district_id, batch_id, school_id, position),
  foreign key (district_id, batch_id) references app.batches (district_id, id) on delete restrict
);
comment on table app.return_vetoes is '一票否决';
comment on column app.return_vetoes.veto is '否决项编号';
comment on column app.return_vetoes.has_occurred is '是否发生';
comment on column app.return_vetoes.finding is '结论';
comment on column app.return_vetoes.evidence is '佐证';

-- Where a school's return stands -------------------------------------------------------------------------------------

create table app.school_returns (
  district_id integer not null,
  school_year smallint not null,
  school_id   bigint not null,
  state       text not null check (state in ('draft', 'submitted', 'returned', 'verified', 'locked')),
  moved_by    bigint not null default app.account_id(),
  moved_name  text default app.account_name(),
  moved_at    timestamptz not null default now(),
  primary key (district_id, school_year, school_id),
  foreign key (district_id, school_id) references app.org_units (district_id, id) on delete restrict
);
comment on table app.school_returns is '各校填报状态；无记录为填报中';
comment on column app.school_returns.state is '状态：填报中、已提交、已退回、已核定、已锁定';
comment on column app.school_returns.moved_by is '最近变更人账号编号';
comment on column app.school_returns.moved_name is '最近变更人姓名';
comment on column app.school_returns.moved_at is '最近变更时间';

create table app.return_moves (
  district_id integer not null,
  id          bigint generated always as identity,
  school_year smallint not null,
  school_id   bigint not null,
  from_state  text not null,
  to_state    text not null,
  note        text not null check (length(note) <= 2000),
  moved_by    bigint not null default app.account_id(),
  moved_name  text default app.account_name(),
  moved_at    timestamptz not null default now(),
  primary key (district_id, id),
  foreign key (district_id, school_id) references app.org_units (district_id, id) on delete restrict
);
create index return_moves_school on app.return_moves (district_id, school_year, school_id, id);
comment on table app.return_moves is '填报状态变更记录';
comment on column app.return_moves.id is '记录编号';
comment on column app.return_moves.from_state is '变更前状态';
comment on column app.return_moves.to_state is '变更后状态';
comment on column app.return_moves.note is '说明';
comment on column app.return_moves.moved_by is '变更人账号编号';
comment on column app.return_moves.moved_name is '变更人姓名';
comment on column app.return_moves.moved_at is '变更时间';

create table app.return_comments (
  district_id   integer not null,
  id            bigint generated always as identity,
  school_year   smallint not null,
  school_id     bigint not null,
  section       text,
  row_key       text check (length(row_key) <= 200),
  column_key    text check (length(column_key) <= 100),
  body          text not null check (length(body) between 1 and 1000),
  written_by    bigint not null default app.account_id(),
  written_name  text default app.account_name(),
  written_at    timestamptz not null default now(),
  resolved_by   bigint,
  resolved_name text,
  resolved_at   timestamptz,
  primary key (district_id, id),
  foreign key (district_id, school_id) references app.org_units (district_id, id) on delete restrict
);
create index return_comments_school on app.return_comments (district_id, school_year, school_id, id);
comment on table app.return_comments is '对填报数据的批注';
comment on column app.return_comments.id is '批注编号';
comment on column app.return_comments.section is '表；空为整份填报';
comment on column app.return_comments.row_key is '行标识';
comment on column app.return_comments.column_key is '列标识';
comment on column app.return_comments.body is '批注内容';
comment on column app.return_comments.written_by is '批注人账号编号';
comment on column app.return_comments.written_name is '批注人姓名';
comment on column app.return_comments.written_at is '批注时间';
comment on column app.return_comments.resolved_by is '处理人账号编号';
comment on column app.return_comments.resolved_name is '处理人姓名';
comment on column app.return_comments.resolved_at is '处理时间';

-- Imported files ----------------------------------------------------------------------------------------------------

create table app.imports (
  district_id    integer not null references app.districts on delete restrict,
  id             bigint generated always as identity,
  school_year    smallint not null check (school_year between 1990 and 2100),
  file_name      text not null check (length(file_name) between 1 and 300),
  sha256         bytea not null check (length(sha256) = 32),
  byte_count     integer not null,
  content        bytea,
  packed_rows    bytea,
  present        text[] not null,
  replaces_all   boolean not null,
  state          text not null default 'checked' check (state in ('checked', 'loaded', 'discarded')),
  error_count    integer not null,
  warning_count  integer not null,
  are_issues_cut boolean not null,
  row_counts     jsonb not null,
  change_counts  jsonb not null,
  school_codes   text[] not null,
  base_revision  bigint not null,
  batch_id       bigint,
  created_by     bigint not null default app.account_id(),
  created_name   text default app.account_name(),
  created_at     timestamptz not null default now(),
  closed_at      timestamptz,
  primary key (district_id, id),
  foreign key (district_id, batch_id) references app.batches (district_id, id) on delete restrict
);
create index imports_batch on app.imports (district_id, batch_id);
comment on table app.imports is '上传并检查过的文件';
comment on column app.imports.id is '导入编号';
comment on column app.imports.file_name is '文件名';
comment on column app.imports.sha256 is '文件的 SHA-256';
comment on column app.imports.byte_count is '文件大小（字节）';
comment on column app.imports.content is '文件内容；放弃导入后清除';
comment on column app.imports.packed_rows is '读出的数据（gzip 压缩的 JSON）；载入或放弃后清除';
comment on column app.imports.present is '文件中有的表';
comment on column app.imports.replaces_all is '是否替换全部学校（否则只替换文件中的学校）';
comment on column app.imports.state is '状态：已检查、已载入、已放弃';
comment on column app.imports.error_count is '错误数';
comment on column app.imports.warning_count is '提醒数';
comment on column app.imports.are_issues_cut is '问题是否未全部保存';
comment on column app.imports.row_counts is '各表行数';
comment on column app.imports.change_counts is '各表将新增、删除、修改的行数';
comment on column app.imports.school_codes is '数据将变化的学校';
comment on column app.imports.base_revision is '检查时的数据版本号';
comment on column app.imports.batch_id is '载入的批次编号';
comment on column app.imports.created_by is '上传人账号编号';
comment on column app.imports.created_name is '上传人姓名';
comment on column app.imports.created_at is '上传时间';
comment on column app.imports.closed_at is '载入或放弃时间';

create table app.import_issues (
  district_id integer not null,
  import_id   bigint not null,
  position    integer not null,
  severity    text not null check (severity in ('error', 'warning')),
  section     text,
  issue       jsonb not null,
  primary key (district_id, import_id, position),
  foreign key (district_id, import_id) references app.imports (district_id, id) on delete cascade
);
comment on table app.import_issues is '文件中的问题';
comment on column app.import_issues.import_id is '导入编号';
comment on column app.import_issues.severity is '错误或提醒';
comment on column app.import_issues.section is '表';
comment on column app.import_issues.issue is '问题：位置、现值、应为、说明';

create table app.import_changes (
  district_id integer not null,
  import_id   bigint not null,
  position    integer not null,
  section     text not null,
  change      jsonb not null,
  primary key (district_id, import_id, position),
  foreign key (district_id, import_id) references app.imports (district_id, id) on delete cascade
);
comment on table app.import_changes is '载入文件后将发生的变化';
comment on column app.import_changes.import_id is '导入编号';
comment on column app.import_changes.section is '表';
comment on column app.import_changes.change is '变化：行、列、变化前后';

-- Row-level security ------------------------------------------------------------------------------------------------

do $$
declare
  t text;
  school_rows text[] := array['return_schools', 'return_classes', 'return_class_bands', 'return_staff', 'return_staff_counts',
    'return_premises', 'return_finance'];
  district_rows text[] := array['return_district_figures', 'return_monitoring', 'return_findings', 'return_satisfaction', 'return_vetoes'];
  here text := 'district_id = (select app.district_id())';
  may_read text := here || ' and ((select app.may(''school.read'')) or school_id = any ((select app.read_units())::bigint[]))';
  may_fill text := '((select app.may(''return.fill'')) or school_id = any ((select app.fill_units())::bigint[]))';
  may_find text := '(select app.may(''finding.record''))';
  columns text;
begin
  foreach t in array school_rows || district_rows || array['return_years', 'return_deadlines', 'batches', 'batch_sections',
    'current_sections', 'school_returns', 'return_moves', 'return_comments', 'imports', 'import_issues', 'import_changes'] loop
    execute format('alter table app.%I enable row level security', t);
    execute format('alter table app.%I force row level security', t);
    for columns in select attname from pg_attribute where attrelid = format('app.%I', t)::regclass and attnum > 0
      and attname in ('district_id', 'batch_id', 'school_id', 'position', 'school_year') and col_description(attrelid, attnum) is null loop
      execute format('comment on column app.%I.%I is %L', t, columns, case columns when 'district_id' then '区县编号'
        when 'batch_id' then '批次编号' when 'school_id' then '学校（单元）编号' when 'position' then '行序' else '学年（起始年份）' end);
    end loop;
  end loop;
  foreach t in array school_rows || district_rows loop
    execute format('create policy reach on app.%I for select to xingfu_user using (%s)', t, may_read);
    execute format('create policy fill_insert on app.%I for insert to xingfu_user with check (%s and %s)', t, here,
      case when t in ('return_findings', 'return_vetoes') then format('(%s or %s)', may_find, may_fill) else may_fill end);
    select string_agg(quote_ident(attname), ', ' order by attnum) into columns from pg_attribute
      where attrelid = format('app.%I', t)::regclass and attnum > 0;
    execute format('grant select (%s), insert (%s) on app.%I to xingfu_user', columns, columns, t);
  end loop;
  execute format('create policy reach on app.batch_sections for select to xingfu_user using (%s)', may_read);
  execute format('create policy fill_insert on app.batch_sections for insert to xingfu_user with check (%s and (%s or (%s and section in (''findings'', ''vetoes''))))', here, may_fill, may_find);
  execute format('create policy reach on app.current_sections for select to xingfu_user using (%s)', may_read);
  execute format('create policy fill_insert on app.current_sections for insert to xingfu_user with check (%s and (%s or (%s and section in (''findings'', ''vetoes''))))', here, may_fill, may_find);
  execute format('create policy fill_update on app.current_sections for update to xingfu_user using (%s and (%s or (%s and section in (''findings'', ''vetoes''))))', here, may_fill, may_find);
  foreach t in array array['school_returns', 'return_moves', 'return_comments'] loop
    execute format('create policy reach on app.%I for select to xingfu_user using (%s)', t, may_read);
  end loop;
end $$;

-- Schools may only submit; the commission returns, verifies and locks.
create policy submit_insert on app.school_returns for insert to xingfu_user
  with check (district_id = (select app.district_id()) and moved_by = (select app.account_id())
    and ((select app.may('return.verify')) or (school_id = any ((select app.fill_units())::bigint[]) and state = 'submitted')));
create policy submit_update on app.school_returns for update to xingfu_user
  using (district_id = (select app.district_id())
    and ((select app.may('return.verify')) or (school_id = any ((select app.fill_units())::bigint[]) and state in ('draft', 'returned'))))
  with check (district_id = (select app.district_id()) and moved_by = (select app.account_id())
    and ((select app.may('return.verify')) or (school_id = any ((select app.fill_units())::bigint[]) and state = 'submitted')));
create policy submit_insert on app.return_moves for insert to xingfu_user
  with check (district_id = (select app.district_id()) and moved_by = (select app.account_id())
    and ((select app.may('return.verify')) or (school_id = any ((select app.fill_units())::bigint[]) and to_state = 'submitted')));
create policy verify_insert on app.return_comments for insert to xingfu_user
  with check (district_id = (select app.district_id()) and written_by = (select app.account_id())
    and ((select app.may('return.verify')) or school_id = any ((select app.fill_units())::bigint[])));
create policy fill_update on app.return_comments for update to xingfu_user
  using (district_id = (select app.district_id())
    and ((select app.may('return.verify')) or school_id = any ((select app.fill_units())::bigint[])));

create policy own on app.return_years for select to xingfu_user using (district_id = (select app.district_id()));
create policy fill_insert on app.return_years for insert to xingfu_user
  with check (district_id = (select app.district_id())
    and ((select app.may('return.fill')) or (select app.may('finding.record')) or cardinality((select app.fill_units())::bigint[]) > 0));
create policy fill_update on app.return_years for update to xingfu_user
  using (district_id = (select app.district_id())
    and ((select app.may('return.fill')) or (select app.may('finding.record')) or cardinality((select app.fill_units())::bigint[]) > 0));
create policy own on app.return_deadlines for select to xingfu_user using (district_id = (select app.district_id()));
create policy verify_insert on app.return_deadlines for insert to xingfu_user
  with check (district_id = (select app.district_id()) and (select app.may('return.verify')));
create policy verify_update on app.return_deadlines for update to xingfu_user
  using (district_id = (select app.district_id()) and (select app.may('return.verify')));

create policy reach on app.batches for select to xingfu_user
  using (district_id = (select app.district_id())
    and ((select app.may('school.read')) or created_by = (select app.account_id())
      or id in (select s.batch_id from app.batch_sections s where s.district_id = (select app.district_id())
        and s.school_id = any ((select app.read_units())::bigint[]))));
create policy fill_insert on app.batches for insert to xingfu_user
  with check (district_id = (select app.district_id()) and created_by = (select app.account_id())
    and ((select app.may('return.fill')) or ((select app.may('finding.record')) and kind in ('finding', 'veto'))
      or (cardinality((select app.fill_units())::bigint[]) > 0 and kind in ('import', 'pupils', 'edit'))));
create policy fill_update on app.batches for update to xingfu_user
  using (district_id = (select app.district_id())
    and ((select app.may('return.fill')) or created_by = (select app.account_id())));

create policy own on app.imports for select to xingfu_user
  using (district_id = (select app.district_id()) and (created_by = (select app.account_id()) or (select app.may('return.fill'))));
create policy fill_insert on app.imports for insert to xingfu_user
  with check (district_id = (select app.district_id()) and created_by = (select app.account_id())
    and ((select app.may('return.fill')) or cardinality((select app.fill_units())::bigint[]) > 0));
create policy own_update on app.imports for update to xingfu_user
  using (district_id = (select app.district_id()) and (created_by = (select app.account_id()) or (select app.may('return.fill'))));
create policy own on app.import_issues for select to xingfu_user
  using (district_id = (select app.district_id()) and import_id in (select i.id from app.imports i where i.district_id = (select app.district_id())));
create policy own_insert on app.import_issues for insert to xingfu_user
  with check (district_id = (select app.district_id()) and import_id in (select i.id from app.imports i where i.district_id = (select app.district_id())));
create policy own_delete on app.import_issues for delete to xingfu_user
  using (district_id = (select app.district_id()) and import_id in (select i.id from app.imports i where i.district_id = (select app.district_id())));
create policy own on app.import_changes for select to xingfu_user
  using (district_id = (select app.district_id()) and import_id in (select i.id from app.imports i where i.district_id = (select app.district_id())));
create policy own_insert on app.import_changes for insert to xingfu_user
  with check (district_id = (select app.district_id()) and import_id in (select i.id from app.imports i where i.district_id = (select app.district_id())));
create policy own_delete on app.import_changes for delete to xingfu_user
  using (district_id = (select app.district_id()) and import_id in (select i.id from app.imports i where i.district_id = (select app.district_id())));
create policy owner on app.imports to xingfu_owner using (true) with check (true);
create policy owner on app.import_issues to xingfu_owner using (true) with check (true);
create policy owner on app.import_changes to xingfu_owner using (true) with check (true);

grant select (district_id, school_year, revision, reported_by, reported_name, reported_at),
  insert (district_id, school_year, revision, reported_by, reported_name, reported_at),
  update (revision, reported_by, reported_name, reported_at) on app.return_years to xingfu_user;
grant select (district_id, school_year, deadline, set_by, set_name, set_at), insert (district_id, school_year, deadline),
  update (deadline, set_by, set_name, set_at) on app.return_deadlines to xingfu_user;
grant select (district_id, id, school_year, kind, file_name, is_sample, row_count, sections, school_count, pointer_count, created_by, created_name, created_at, undone_by, undone_name, undone_at),
  insert (district_id, school_year, kind, file_name, is_sample, row_count, sections, school_count, pointer_count),
  update (undone_by, undone_name, undone_at) on app.batches to xingfu_user;
grant select (district_id, batch_id, school_id, section, previous_batch_id, row_count, first_position, content_hash),
  insert (district_id, batch_id, school_id, section, previous_batch_id, row_count, first_position, content_hash) on app.batch_sections to xingfu_user;
grant select (district_id, school_year, school_id, section, batch_id, first_position, content_hash, is_sample, revision, switched_by, switched_name, switched_at),
  insert (district_id, school_year, school_id, section, batch_id, first_position, content_hash, is_sample, revision, switched_by, switched_name, switched_at),
  update (batch_id, first_position, content_hash, is_sample, revision, switched_by, switched_name, switched_at) on app.current_sections to xingfu_user;
grant select (district_id, school_year, school_id, state, moved_by, moved_name, moved_at), insert (district_id, school_year, school_id, state),
  update (state, moved_by, moved_name, moved_at) on app.school_returns to xingfu_user;
grant select (district_id, id, school_year, school_id, from_state, to_state, note, moved_by, moved_name, moved_at),
  insert (district_id, school_year, school_id, from_state, to_state, note) on app.return_moves to xingfu_user;
grant select (district_id, id, school_year, school_id, section, row_key, column_key, body, written_by, written_name, written_at, resolved_by, resolved_name, resolved_at),
  insert (district_id, school_year, school_id, section, row_key, column_key, body),
  update (resolved_by, resolved_name, resolved_at) on app.return_comments to xingfu_user;
grant select (district_id, id, school_year, file_name, sha256, byte_count, content, packed_rows, present, replaces_all, state, error_count, warning_count,
    are_issues_cut, row_counts, change_counts, school_codes, base_revision, batch_id, created_by, created_name, created_at, closed_at),
  insert (district_id, school_year, file_name, sha256, byte_count, content, packed_rows, present, replaces_all, error_count, warning_count,
    are_issues_cut, row_counts, change_counts, school_codes, base_revision),
  update (state, content, packed_rows, batch_id, closed_at) on app.imports to xingfu_user;
grant select (district_id, import_id, position, severity, section, issue), insert (district_id, import_id, position, severity, section, issue)
  on app.import_issues to xingfu_user;
grant delete on app.import_issues to xingfu_user;
grant select (district_id, import_id, position, section, change), insert (district_id, import_id, position, section, change)
  on app.import_changes to xingfu_user;
grant delete on app.import_changes to xingfu_user;

-- Checked files that nobody came back to.
create function gate.sweep_imports(p_days integer) returns bigint
language sql security definer set search_path = '' as $$
  with old as (
    update app.imports set state = 'discarded', content = null, packed_rows = null, closed_at = now()
    where state = 'checked' and created_at < now() - make_interval(days => p_days) returning district_id, id
  ), issues as (
    delete from app.import_issues x using old where x.district_id = old.district_id and x.import_id = old.id
  ), changes as (
    delete from app.import_changes x using old where x.district_id = old.district_id and x.import_id = old.id
  ) select count(*) from old
$$;
revoke execute on function gate.sweep_imports(integer) from public;
