-- School evaluation: district schemes, rounds, one school's evaluation from plan to publication, the rectification ledger.
-- What each side sees at which state is decided here. Who rated what is kept apart from the ratings: they carry the
-- number of an assignment, and assignments are closed to schools.

-- States and visibility, held to domain/scheme by a test ---------------------------------------------------------------

create function app.evaluation_stage(p_state text) returns integer language sql immutable parallel safe
  as $$ select array_position(array['planned', 'selfEvaluation', 'submitted', 'reviewed', 'onSite', 'moderated', 'feedback',
    'appeal', 'decided', 'published'], p_state) $$;

-- Who may move an evaluation between two states; when is for the server to say.
create function app.evaluation_movers(p_from text, p_to text) returns text[] language sql immutable parallel safe
  as $$ select case p_from || '/' || p_to
    when 'planned/selfEvaluation' then array['commission']
    when 'selfEvaluation/submitted' then array['school', 'commission']
    when 'submitted/selfEvaluation' then array['commission']
    when 'submitted/reviewed' then array['commission', 'inspector']
    when 'reviewed/onSite' then array['commission', 'inspector']
    when 'reviewed/moderated' then array['commission']
    when 'onSite/moderated' then array['commission']
    when 'moderated/onSite' then array['commission']
    when 'moderated/feedback' then array['commission']
    when 'feedback/appeal' then array['school']
    when 'feedback/decided' then array['school', 'commission']
    when 'appeal/moderated' then array['commission']
    when 'appeal/decided' then array['commission']
    when 'decided/published' then array['commission']
    when 'published/decided' then array['commission']
    else array[]::text[] end $$;

-- The state from which on a side sees a material; null = never. "reader": leaders and heads of groups.
create function app.visible_from(p_material text, p_viewer text) returns text language sql immutable parallel safe
  as $$ select case p_viewer
    when 'school' then case p_material when 'selfRating' then 'selfEvaluation' when 'externalRatings' then 'feedback'
      when 'surveyResults' then 'feedback' when 'scorecard' then 'feedback' when 'band' then 'feedback'
      when 'appeal' then 'appeal' when 'decision' then 'decided' end
    when 'commission' then case p_material when 'selfRating' then 'submitted' when 'externalRatings' then 'submitted'
      when 'raterNames' then 'planned' when 'surveyResults' then 'submitted' when 'scorecard' then 'reviewed'
      when 'band' then 'moderated' when 'appeal' then 'appeal' when 'decision' then 'decided' end
    when 'inspector' then case p_material when 'selfRating' then 'submitted' when 'externalRatings' then 'moderated'
      when 'raterNames' then 'moderated' when 'surveyResults' then 'moderated' when 'scorecard' then 'moderated'
      when 'band' then 'moderated' when 'appeal' then 'decided' when 'decision' then 'decided' end
    when 'reader' then case p_material when 'selfRating' then 'feedback' when 'externalRatings' then 'feedback'
      when 'surveyResults' then 'feedback' when 'scorecard' then 'feedback' when 'band' then 'feedback'
      when 'appeal' then 'decided' when 'decision' then 'decided' end
    when 'public' then case p_material when 'band' then 'published' when 'decision' then 'published' end
    end $$;

-- Tables ------------------------------------------------------------------------------------------------------------

create table app.scheme_drafts (
  district_id   integer not null references app.districts on delete restrict,
  id            bigint generated always as identity,
  source        text not null check (length(source) between 1 and 400000),
  copied_from   text check (length(copied_from) <= 120),
  title         text check (length(title) <= 200),
  scheme_code   text check (length(scheme_code) <= 60),
  version       text check (length(version) <= 40),
  problem_count integer not null check (problem_count >= 0),
  revision      integer not null default 1,
  created_by    bigint not null default app.account_id(),
  created_name  text default app.account_name(),
  created_at    timestamptz not null default now(),
  updated_by    bigint not null default app.account_id(),
  updated_name  text default app.account_name(),
  updated_at    timestamptz not null default now(),
  primary key (district_id, id)
);
comment on table app.scheme_drafts is '评价方案草稿';
comment on column app.scheme_drafts.district_id is '区县编号';
comment on column app.scheme_drafts.id is '草稿编号';
comment on column app.scheme_drafts.copied_from is '复制自哪个方案和版本；空表示新写';
comment on column app.scheme_drafts.source is '方案文本（YAML）';
comment on column app.scheme_drafts.title is '方案名称（取自文本）';
comment on column app.scheme_drafts.scheme_code is '方案代码（取自文本）';
comment on column app.scheme_drafts.version is '方案版本（取自文本）';
comment on column app.scheme_drafts.problem_count is '文本中的错误数';
comment on column app.scheme_drafts.revision is '修订号';
comment on column app.scheme_drafts.created_by is '建立人账号编号';
comment on column app.scheme_drafts.created_name is '建立人姓名';
comment on column app.scheme_drafts.created_at is '建立时间';
comment on column app.scheme_drafts.updated_by is '修改人账号编号';
comment on column app.scheme_drafts.updated_name is '修改人姓名';
comment on column app.scheme_drafts.updated_at is '修改时间';

-- Insert only: a published version never changes.
create table app.scheme_versions (
  district_id    integer not null references app.districts on delete restrict,
  id             bigint generated always as identity,
  scheme_code    text not null check (length(scheme_code) between 1 and 60),
  version        text not null check (length(version) between 1 and 40),
  copied_from   text check (length(copied_from) <= 120),
  title          text not null check (length(title) between 1 and 200),
  source         text not null,
  compiled       json not null,
  hash           text not null check (hash ~ '^[0-9a-f]{64}$'),
  published_by   bigint not null default app.account_id(),
  published_name text default app.account_name(),
  published_at   timestamptz not null default now(),
  primary key (district_id, id),
  constraint scheme_versions_key unique (district_id, scheme_code, version)
);
comment on table app.scheme_versions is '已发布的区级评价方案版本；只增不改';
comment on column app.scheme_versions.district_id is '区县编号';
comment on column app.scheme_versions.id is '版本编号';
comment on column app.scheme_versions.scheme_code is '方案代码';
comment on column app.scheme_versions.version is '版本';
comment on column app.scheme_versions.title is '名称';
comment on column app.scheme_versions.copied_from is '复制自哪个方案和版本；空表示新写';
comment on column app.scheme_versions.source is '方案文本（YAML）';
comment on column app.scheme_versions.compiled is '编译后的方案';
comment on column app.scheme_versions.hash is '编译后方案规范文本的 SHA-256';
comment on column app.scheme_versions.published_by is '发布人账号编号';
comment on column app.scheme_versions.published_name is '发布人姓名';
comment on column app.scheme_versions.published_at is '发布时间';

create table app.evaluation_rounds (
  district_id       integer not null references app.districts on delete restrict,
  id                bigint generated always as identity,
  name              text not null check (length(name) between 1 and 100),
  school_year       smallint not null check (school_year between 1990 and 2100),
  scheme_code       text not null,
  scheme_version    text not null,
  scheme_title      text not null,
  scheme_hash       text not null check (scheme_hash ~ '^[0-9a-f]{64}$'),
  scheme            json not null,
  self_until        date not null,
  review_until      date not null,
  on_site_until     date not null,
  appeal_days       smallint check (appeal_days between 1 and 90),
  raters_per_school smallint not null check (raters_per_school between 1 and 9),
  note              text not null check (length(note) <= 2000),
  is_sample         boolean not null default false,
  revision          integer not null default 1,
  created_by        bigint not null default app.account_id(),
  created_name      text default app.account_name(),
  created_at        timestamptz not null default now(),
  primary key (district_id, id),
  constraint evaluation_rounds_name_key unique (district_id, school_year, name),
  check (self_until <= review_until and review_until <= on_site_until)
);
comment on table app.evaluation_rounds is '评估轮次：一套方案对多所学校的一次年度评估';
comment on column app.evaluation_rounds.district_id is '区县编号';
comment on column app.evaluation_rounds.id is '轮次编号';
comment on column app.evaluation_rounds.name is '名称';
comment on column app.evaluation_rounds.school_year is '学年（起始年份）';
comment on column app.evaluation_rounds.scheme_code is '方案代码';
comment on column app.evaluation_rounds.scheme_version is '方案版本';
comment on column app.evaluation_rounds.scheme_title is '方案名称';
comment on column app.evaluation_rounds.scheme_hash is '方案规范文本的 SHA-256';
comment on column app.evaluation_rounds.scheme is '制定轮次时的方案（编译后）；此后方案变化不影响本轮';
comment on column app.evaluation_rounds.self_until is '自评截止日（含）';
comment on column app.evaluation_rounds.review_until is '资料审阅截止日（含）';
comment on column app.evaluation_rounds.on_site_until is '现场评估截止日（含）';
comment on column app.evaluation_rounds.appeal_days is '反馈后可申诉的天数；空表示不设申诉';
comment on column app.evaluation_rounds.raters_per_school is '每校督学人数';
comment on column app.evaluation_rounds.note is '说明';
comment on column app.evaluation_rounds.is_sample is '是否示例数据';
comment on column app.evaluation_rounds.revision is '修订号';
comment on column app.evaluation_rounds.created_by is '建立人账号编号';
comment on column app.evaluation_rounds.created_name is '建立人姓名';
comment on column app.evaluation_rounds.created_at is '建立时间';

create table app.evaluations (
  district_id  integer not null,
  id           bigint generated always as identity,
  round_id     bigint not null,
  school_id    bigint not null,
  school_year  smallint not null,
  school_code  text not null,
  school_name  text not null,
  school_type  text not null,
  group_name   text,
  state        text not null default 'planned' check (app.evaluation_stage(state) is not null),
  state_since  timestamptz,
  appeal_until date,
  revision     integer not null default 0,
  primary key (district_id, id),
  constraint evaluations_school_key unique (district_id, round_id, school_id),
  foreign key (district_id, round_id) references app.evaluation_rounds (district_id, id) on delete restrict,
  foreign key (district_id, school_id) references app.org_units (district_id, id) on delete restrict
);
create index evaluations_school on app.evaluations (district_id, school_id);
comment on table app.evaluations is '学校评估：一轮评估中的一所学校';
comment on column app.evaluations.district_id is '区县编号';
comment on column app.evaluations.id is '评估编号';
comment on column app.evaluations.round_id is '轮次编号';
comment on column app.evaluations.school_id is '学校单元编号';
comment on column app.evaluations.school_year is '学年（起始年份）';
comment on column app.evaluations.school_code is '学校标识码';
comment on column app.evaluations.school_name is '制定轮次时的学校名称';
comment on column app.evaluations.school_type is '制定轮次时的办学类型';
comment on column app.evaluations.group_name is '制定轮次时所属集团';
comment on column app.evaluations.state is '评估状态';
comment on column app.evaluations.state_since is '进入该状态的时间';
comment on column app.evaluations.appeal_until is '申诉截止日（含）';
comment on column app.evaluations.revision is '修订号：凡影响结果的改动都加一';

create table app.evaluation_moves (
  district_id   integer not null,
  id            bigint generated always as identity,
  evaluation_id bigint not null,
  school_id     bigint not null,
  from_state    text not null,
  to_state      text not null,
  side          text not null check (side in ('school', 'commission', 'inspector')),
  reason        text not null check (length(reason) <= 2000),
  by_account    bigint,
  by_name       text,
  moved_at      timestamptz not null default now(),
  primary key (district_id, id),
  foreign key (district_id, evaluation_id) references app.evaluations (district_id, id) on delete cascade
);
create index evaluation_moves_evaluation on app.evaluation_moves (district_id, evaluation_id, id);
comment on table app.evaluation_moves is '评估状态变更记录；只增不改';
comment on column app.evaluation_moves.district_id is '区县编号';
comment on column app.evaluation_moves.id is '记录编号';
comment on column app.evaluation_moves.evaluation_id is '评估编号';
comment on column app.evaluation_moves.school_id is '学校单元编号';
comment on column app.evaluation_moves.from_state is '变更前状态';
comment on column app.evaluation_moves.to_state is '变更后状态';
comment on column app.evaluation_moves.side is '变更方：学校、区教委、督学';
comment on column app.evaluation_moves.reason is '理由';
comment on column app.evaluation_moves.by_account is '变更人账号编号；督学不记于此，只记入留痕';
comment on column app.evaluation_moves.by_name is '变更人姓名；督学不记于此';
comment on column app.evaluation_moves.moved_at is '变更时间';

create table app.evaluation_assignments (
  district_id      integer not null,
  id               bigint generated always as identity,
  round_id         bigint not null,
  evaluation_id    bigint not null,
  account_id       bigint not null,
  account_name     text not null,
  party            text not null check (length(party) between 1 and 60),
  assigned_by      bigint not null default app.account_id(),
  assigned_name    text default app.account_name(),
  assigned_at      timestamptz not null default now(),
  withdrawn_by     bigint,
  withdrawn_name   text,
  withdrawn_at     timestamptz,
  withdrawn_reason text check (length(withdrawn_reason) <= 500),
  keeps_entries    boolean,
  primary key (district_id, id),
  foreign key (district_id, evaluation_id) references app.evaluations (district_id, id) on delete cascade,
  foreign key (district_id, account_id) references app.accounts (district_id, id) on delete restrict
);
create unique index evaluation_assignments_standing_key
  on app.evaluation_assignments (district_id, evaluation_id, account_id, party) where withdrawn_at is null;
create index evaluation_assignments_account on app.evaluation_assignments (district_id, account_id);
create index evaluation_assignments_round on app.evaluation_assignments (district_id, round_id);
comment on table app.evaluation_assignments is '督学分工；对学校不可见';
comment on column app.evaluation_assignments.district_id is '区县编号';
comment on column app.evaluation_assignments.id is '分工编号（评定中只出现此编号）';
comment on column app.evaluation_assignments.round_id is '轮次编号';
comment on column app.evaluation_assignments.evaluation_id is '评估编号';
comment on column app.evaluation_assignments.account_id is '督学账号编号';
comment on column app.evaluation_assignments.account_name is '督学姓名';
comment on column app.evaluation_assignments.party is '代表的评价主体';
comment on column app.evaluation_assignments.assigned_by is '安排人账号编号';
comment on column app.evaluation_assignments.assigned_name is '安排人姓名';
comment on column app.evaluation_assignments.assigned_at is '安排时间';
comment on column app.evaluation_assignments.withdrawn_by is '撤回人账号编号';
comment on column app.evaluation_assignments.withdrawn_name is '撤回人姓名';
comment on column app.evaluation_assignments.withdrawn_at is '撤回时间';
comment on column app.evaluation_assignments.withdrawn_reason is '撤回理由';
comment on column app.evaluation_assignments.keeps_entries is '撤回前的评定是否仍计入';

create table app.inspector_conflicts (
  district_id   integer not null,
  id            bigint generated always as identity,
  account_id    bigint not null,
  account_name  text not null,
  school_id     bigint not null,
  kind          text not null check (kind in ('formerSchool', 'relative', 'other')),
  note          text not null check (length(note) <= 500),
  until_on      date,
  recorded_by   bigint not null default app.account_id(),
  recorded_name text default app.account_name(),
  recorded_at   timestamptz not null default now(),
  primary key (district_id, id),
  constraint inspector_conflicts_key unique (district_id, account_id, school_id, kind),
  foreign key (district_id, account_id) references app.accounts (district_id, id) on delete restrict,
  foreign key (district_id, school_id) references app.org_units (district_id, id) on delete restrict
);
comment on table app.inspector_conflicts is '督学须回避的学校';
comment on column app.inspector_conflicts.district_id is '区县编号';
comment on column app.inspector_conflicts.id is '回避编号';
comment on column app.inspector_conflicts.account_id is '督学账号编号';
comment on column app.inspector_conflicts.account_name is '督学姓名';
comment on column app.inspector_conflicts.school_id is '学校单元编号';
comment on column app.inspector_conflicts.kind is '事由：原任职学校、亲属、其他';
comment on column app.inspector_conflicts.note is '说明';
comment on column app.inspector_conflicts.until_on is '回避至（含）；空表示长期';
comment on column app.inspector_conflicts.recorded_by is '登记人账号编号';
comment on column app.inspector_conflicts.recorded_name is '登记人姓名';
comment on column app.inspector_conflicts.recorded_at is '登记时间';

create table app.self_entries (
  district_id   integer not null,
  evaluation_id bigint not null,
  place         text not null check (length(place) between 1 and 80),
  school_id     bigint not null,
  judgement     json,
  words         text not null check (length(words) <= 8000),
  revision      integer not null,
  by_account    bigint not null default app.account_id(),
  by_name       text default app.account_name(),
  saved_at      timestamptz not null default now(),
  primary key (district_id, evaluation_id, place),
  foreign key (district_id, evaluation_id) references app.evaluations (district_id, id) on delete cascade
);
comment on table app.self_entries is '学校自评：各评价单元和各章节的现行内容';
comment on column app.self_entries.district_id is '区县编号';
comment on column app.self_entries.evaluation_id is '评估编号';
comment on column app.self_entries.place is '评价单元或章节';
comment on column app.self_entries.school_id is '学校单元编号';
comment on column app.self_entries.judgement is '自评等级';
comment on column app.self_entries.words is '自评说明';
comment on column app.self_entries.revision is '修订号';
comment on column app.self_entries.by_account is '填写人账号编号';
comment on column app.self_entries.by_name is '填写人姓名';
comment on column app.self_entries.saved_at is '保存时间';

create table app.self_entry_versions (
  district_id   integer not null,
  evaluation_id bigint not null,
  place         text not null,
  revision      integer not null,
  school_id     bigint not null,
  judgement     json,
  words         text not null,
  by_account    bigint not null,
  by_name       text,
  saved_at      timestamptz not null,
  primary key (district_id, evaluation_id, place, revision),
  foreign key (district_id, evaluation_id) references app.evaluations (district_id, id) on delete cascade
);
comment on table app.self_entry_versions is '学校自评的历次版本（被替换的）；只增不改';
comment on column app.self_entry_versions.district_id is '区县编号';
comment on column app.self_entry_versions.evaluation_id is '评估编号';
comment on column app.self_entry_versions.place is '评价单元或章节';
comment on column app.self_entry_versions.revision is '修订号';
comment on column app.self_entry_versions.school_id is '学校单元编号';
comment on column app.self_entry_versions.judgement is '自评等级';
comment on column app.self_entry_versions.words is '自评说明';
comment on column app.self_entry_versions.by_account is '填写人账号编号';
comment on column app.self_entry_versions.by_name is '填写人姓名';
comment on column app.self_entry_versions.saved_at is '保存时间';

create table app.evaluation_evidence (
  district_id   integer not null,
  id            bigint generated always as identity,
  evaluation_id bigint not null,
  school_id     bigint not null,
  place         text not null check (length(place) between 1 and 60),
  item          text check (length(item) between 1 and 60),
  kind          text not null check (kind in ('file', 'link', 'figure')),
  title         text not null check (length(title) between 1 and 300),
  url           text check (length(url) <= 2000),
  figure        json,
  media_type    text check (length(media_type) <= 200),
  byte_count    integer,
  sha256        bytea check (length(sha256) = 32),
  content       bytea,
  added_by      bigint not null default app.account_id(),
  added_name    text default app.account_name(),
  added_at      timestamptz not null default now(),
  primary key (district_id, id),
  foreign key (district_id, evaluation_id) references app.evaluations (district_id, id) on delete cascade,
  check ((kind = 'file') = (content is not null and media_type is not null and byte_count is not null and sha256 is not null)),
  check ((kind = 'link') = (url is not null)),
  check ((kind = 'figure') = (figure is not null))
);
create index evaluation_evidence_evaluation on app.evaluation_evidence (district_id, evaluation_id, place);
alter table app.evaluation_evidence alter column content set storage external;
comment on table app.evaluation_evidence is '学校评估的佐证材料：文件、链接、平台已有数据';
comment on column app.evaluation_evidence.district_id is '区县编号';
comment on column app.evaluation_evidence.id is '材料编号';
comment on column app.evaluation_evidence.evaluation_id is '评估编号';
comment on column app.evaluation_evidence.school_id is '学校单元编号';
comment on column app.evaluation_evidence.place is '评价单元';
comment on column app.evaluation_evidence.item is '对应的应交材料；空表示其他材料';
comment on column app.evaluation_evidence.kind is '类别：文件、链接、数据';
comment on column app.evaluation_evidence.title is '名称或文件名';
comment on column app.evaluation_evidence.url is '链接地址';
comment on column app.evaluation_evidence.figure is '数据：名称、数值、单位、来源、日期';
comment on column app.evaluation_evidence.media_type is '文件类型';
comment on column app.evaluation_evidence.byte_count is '文件大小（字节）';
comment on column app.evaluation_evidence.sha256 is '文件的 SHA-256';
comment on column app.evaluation_evidence.content is '文件内容';
comment on column app.evaluation_evidence.added_by is '添加人账号编号';
comment on column app.evaluation_evidence.added_name is '添加人姓名';
comment on column app.evaluation_evidence.added_at is '添加时间';

create table app.evaluation_figures (
  district_id   integer not null,
  evaluation_id bigint not null,
  key           text not null check (length(key) between 1 and 60),
  school_id     bigint not null,
  value         json,
  source        text not null check (length(source) <= 200),
  as_of         date,
  revision      integer not null,
  by_account    bigint not null default app.account_id(),
  by_name       text default app.account_name(),
  saved_at      timestamptz not null default now(),
  primary key (district_id, evaluation_id, key),
  foreign key (district_id, evaluation_id) references app.evaluations (district_id, id) on delete cascade
);
comment on table app.evaluation_figures is '计分所用数据：学校填报的，或提交自评时从平台取定的';
comment on column app.evaluation_figures.district_id is '区县编号';
comment on column app.evaluation_figures.evaluation_id is '评估编号';
comment on column app.evaluation_figures.key is '数据代码';
comment on column app.evaluation_figures.school_id is '学校单元编号';
comment on column app.evaluation_figures.value is '数值或等级；空表示缺失';
comment on column app.evaluation_figures.source is '来源';
comment on column app.evaluation_figures.as_of is '数据日期';
comment on column app.evaluation_figures.revision is '修订号';
comment on column app.evaluation_figures.by_account is '填写人账号编号';
comment on column app.evaluation_figures.by_name is '填写人姓名';
comment on column app.evaluation_figures.saved_at is '保存时间';

create table app.review_entries (
  district_id       integer not null,
  id                uuid not null,
  evaluation_id     bigint not null,
  school_id         bigint not null,
  assignment_id     bigint not null,
  place             text not null check (length(place) between 1 and 60),
  party             text not null check (length(party) between 1 and 60),
  method            text not null check (method in ('documentReview', 'onSiteCheck', 'observation', 'interview')),
  judgement         json,
  words             text not null check (length(words) <= 8000),
  revision          integer not null,
  written_at        timestamptz not null,
  clock_off_seconds integer,
  saved_at          timestamptz not null default now(),
  set_apart         text check (set_apart in ('assignmentWithdrawn', 'arrivedLate')),
  primary key (district_id, id),
  foreign key (district_id, evaluation_id) references app.evaluations (district_id, id) on delete restrict,
  foreign key (district_id, assignment_id) references app.evaluation_assignments (district_id, id) on delete restrict,
  check (method <> 'interview' or judgement is null)
);
create index review_entries_evaluation on app.review_entries (district_id, evaluation_id);
create index review_entries_assignment on app.review_entries (district_id, assignment_id);
comment on table app.review_entries is '督学的评定和记录；不记姓名，只记分工编号';
comment on column app.review_entries.district_id is '区县编号';
comment on column app.review_entries.id is '记录编号（由填写设备生成）';
comment on column app.review_entries.evaluation_id is '评估编号';
comment on column app.review_entries.school_id is '学校单元编号';
comment on column app.review_entries.assignment_id is '分工编号';
comment on column app.review_entries.place is '评价单元';
comment on column app.review_entries.party is '评价主体';
comment on column app.review_entries.method is '方式：资料查阅、现场查验、观察走访、访谈';
comment on column app.review_entries.judgement is '评定；访谈不评定';
comment on column app.review_entries.words is '记录';
comment on column app.review_entries.revision is '修订号';
comment on column app.review_entries.written_at is '设备时间（仅供参考）';
comment on column app.review_entries.clock_off_seconds is '设备时钟快慢（秒）；空表示两分钟以内';
comment on column app.review_entries.saved_at is '保存时间（服务器）';
comment on column app.review_entries.set_apart is '另存不计入的原因';

create table app.entry_photos (
  district_id   integer not null,
  id            uuid not null,
  entry_id      uuid not null,
  evaluation_id bigint not null,
  assignment_id bigint not null,
  caption       text not null check (length(caption) <= 200),
  media_type    text not null check (length(media_type) <= 200),
  byte_count    integer not null,
  sha256        bytea not null check (length(sha256) = 32),
  content       bytea not null,
  taken_at      timestamptz,
  added_at      timestamptz not null default now(),
  primary key (district_id, id),
  foreign key (district_id, entry_id) references app.review_entries (district_id, id) on delete restrict
);
create index entry_photos_entry on app.entry_photos (district_id, entry_id);
create index entry_photos_evaluation on app.entry_photos (district_id, evaluation_id);
alter table app.entry_photos alter column content set storage external;
comment on table app.entry_photos is '督学现场照片；对学校不可见';
comment on column app.entry_photos.district_id is '区县编号';
comment on column app.entry_photos.id is '照片编号（由填写设备生成）';
comment on column app.entry_photos.entry_id is '所属记录编号';
comment on column app.entry_photos.evaluation_id is '评估编号';
comment on column app.entry_photos.assignment_id is '分工编号';
comment on column app.entry_photos.caption is '说明';
comment on column app.entry_photos.media_type is '文件类型';
comment on column app.entry_photos.byte_count is '文件大小（字节）';
comment on column app.entry_photos.sha256 is '文件的 SHA-256';
comment on column app.entry_photos.content is '照片内容';
comment on column app.entry_photos.taken_at is '拍摄时间（设备）';
comment on column app.entry_photos.added_at is '接收时间（服务器）';

create table app.evaluation_surveys (
  district_id   integer not null,
  evaluation_id bigint not null,
  place         text not null check (length(place) between 1 and 60),
  party         text not null check (length(party) between 1 and 60),
  satisfied     integer not null check (satisfied >= 0),
  answers       integer not null check (answers >= satisfied),
  source        text not null check (length(source) between 1 and 200),
  recorded_by   bigint not null default app.account_id(),
  recorded_name text default app.account_name(),
  recorded_at   timestamptz not null default now(),
  primary key (district_id, evaluation_id, place, party),
  foreign key (district_id, evaluation_id) references app.evaluations (district_id, id) on delete cascade
);
comment on table app.evaluation_surveys is '各评价单元的问卷满意数';
comment on column app.evaluation_surveys.district_id is '区县编号';
comment on column app.evaluation_surveys.evaluation_id is '评估编号';
comment on column app.evaluation_surveys.place is '评价单元';
comment on column app.evaluation_surveys.party is '评价主体';
comment on column app.evaluation_surveys.satisfied is '满意份数';
comment on column app.evaluation_surveys.answers is '有效份数';
comment on column app.evaluation_surveys.source is '来源';
comment on column app.evaluation_surveys.recorded_by is '记录人账号编号';
comment on column app.evaluation_surveys.recorded_name is '记录人姓名';
comment on column app.evaluation_surveys.recorded_at is '记录时间';

create table app.evaluation_vetoes (
  district_id   integer not null,
  evaluation_id bigint not null,
  veto          text not null check (length(veto) between 1 and 60),
  has_occurred  boolean,
  words         text not null check (length(words) <= 2000),
  recorded_by   bigint not null default app.account_id(),
  recorded_name text default app.account_name(),
  recorded_at   timestamptz not null default now(),
  primary key (district_id, evaluation_id, veto),
  foreign key (district_id, evaluation_id) references app.evaluations (district_id, id) on delete cascade
);
comment on table app.evaluation_vetoes is '一票否决事项的核查';
comment on column app.evaluation_vetoes.district_id is '区县编号';
comment on column app.evaluation_vetoes.evaluation_id is '评估编号';
comment on column app.evaluation_vetoes.veto is '否决事项';
comment on column app.evaluation_vetoes.has_occurred is '是否发生；空表示未核查';
comment on column app.evaluation_vetoes.words is '说明';
comment on column app.evaluation_vetoes.recorded_by is '记录人账号编号';
comment on column app.evaluation_vetoes.recorded_name is '记录人姓名';
comment on column app.evaluation_vetoes.recorded_at is '记录时间';

create table app.evaluation_exemptions (
  district_id   integer not null,
  evaluation_id bigint not null,
  place         text not null check (length(place) between 1 and 60),
  reason        text not null check (length(reason) between 1 and 500),
  recorded_by   bigint not null default app.account_id(),
  recorded_name text default app.account_name(),
  recorded_at   timestamptz not null default now(),
  primary key (district_id, evaluation_id, place),
  foreign key (district_id, evaluation_id) references app.evaluations (district_id, id) on delete cascade
);
comment on table app.evaluation_exemptions is '对某校不适用的指标';
comment on column app.evaluation_exemptions.district_id is '区县编号';
comment on column app.evaluation_exemptions.evaluation_id is '评估编号';
comment on column app.evaluation_exemptions.place is '指标';
comment on column app.evaluation_exemptions.reason is '理由';
comment on column app.evaluation_exemptions.recorded_by is '记录人账号编号';
comment on column app.evaluation_exemptions.recorded_name is '记录人姓名';
comment on column app.evaluation_exemptions.recorded_at is '记录时间';

create table app.moderations (
  district_id   integer not null,
  evaluation_id bigint not null,
  place         text not null check (length(place) between 1 and 60),
  party         text not null check (length(party) between 1 and 60),
  judgement     json,
  reason        text not null check (length(reason) between 1 and 2000),
  revision      integer not null,
  by_account    bigint not null default app.account_id(),
  by_name       text default app.account_name(),
  saved_at      timestamptz not null default now(),
  primary key (district_id, evaluation_id, place, party),
  foreign key (district_id, evaluation_id) references app.evaluations (district_id, id) on delete cascade
);
comment on table app.moderations is '合议确定的评定，取代该主体的各人评定';
comment on column app.moderations.district_id is '区县编号';
comment on column app.moderations.evaluation_id is '评估编号';
comment on column app.moderations.place is '评价单元';
comment on column app.moderations.party is '评价主体';
comment on column app.moderations.judgement is '合议评定；空表示已撤回';
comment on column app.moderations.reason is '理由';
comment on column app.moderations.revision is '修订号';
comment on column app.moderations.by_account is '合议人账号编号';
comment on column app.moderations.by_name is '合议人姓名';
comment on column app.moderations.saved_at is '保存时间';

create table app.evaluation_feedback (
  district_id   integer not null,
  evaluation_id bigint not null,
  strengths     text not null check (length(strengths) <= 4000),
  concerns      text not null check (length(concerns) <= 4000),
  next_steps    text not null check (length(next_steps) <= 4000),
  revision      integer not null,
  by_account    bigint not null default app.account_id(),
  by_name       text default app.account_name(),
  saved_at      timestamptz not null default now(),
  primary key (district_id, evaluation_id),
  foreign key (district_id, evaluation_id) references app.evaluations (district_id, id) on delete cascade
);
comment on table app.evaluation_feedback is '区教委给学校的反馈意见';
comment on column app.evaluation_feedback.district_id is '区县编号';
comment on column app.evaluation_feedback.evaluation_id is '评估编号';
comment on column app.evaluation_feedback.strengths is '做得好的';
comment on column app.evaluation_feedback.concerns is '需要关注的';
comment on column app.evaluation_feedback.next_steps is '下一步建议';
comment on column app.evaluation_feedback.revision is '修订号';
comment on column app.evaluation_feedback.by_account is '填写人账号编号';
comment on column app.evaluation_feedback.by_name is '填写人姓名';
comment on column app.evaluation_feedback.saved_at is '保存时间';

create table app.evaluation_appeals (
  district_id   integer not null,
  id            bigint generated always as identity,
  evaluation_id bigint not null,
  school_id     bigint not null,
  places        text[] not null,
  words         text not null check (length(words) between 1 and 4000),
  by_account    bigint not null default app.account_id(),
  by_name       text default app.account_name(),
  appealed_at   timestamptz not null default now(),
  is_upheld     boolean,
  answer        text check (length(answer) between 1 and 4000),
  answered_by   bigint,
  answered_name text,
  answered_at   timestamptz,
  primary key (district_id, id),
  foreign key (district_id, evaluation_id) references app.evaluations (district_id, id) on delete restrict
);
create index evaluation_appeals_evaluation on app.evaluation_appeals (district_id, evaluation_id);
comment on table app.evaluation_appeals is '申诉与答复';
comment on column app.evaluation_appeals.district_id is '区县编号';
comment on column app.evaluation_appeals.id is '申诉编号';
comment on column app.evaluation_appeals.evaluation_id is '评估编号';
comment on column app.evaluation_appeals.school_id is '学校单元编号';
comment on column app.evaluation_appeals.places is '所涉评价单元；空表示整个结果';
comment on column app.evaluation_appeals.words is '申诉内容';
comment on column app.evaluation_appeals.by_account is '申诉人账号编号';
comment on column app.evaluation_appeals.by_name is '申诉人姓名';
comment on column app.evaluation_appeals.appealed_at is '申诉时间';
comment on column app.evaluation_appeals.is_upheld is '是否成立';
comment on column app.evaluation_appeals.answer is '答复';
comment on column app.evaluation_appeals.answered_by is '答复人账号编号';
comment on column app.evaluation_appeals.answered_name is '答复人姓名';
comment on column app.evaluation_appeals.answered_at is '答复时间';

create table app.evaluation_results (
  district_id   integer not null,
  id            bigint generated always as identity,
  evaluation_id bigint not null,
  school_id     bigint not null,
  scorecard     json not null,
  share         double precision,
  band          text check (length(band) <= 60),
  hash          text not null check (hash ~ '^[0-9a-f]{64}$'),
  decided_at    timestamptz not null default now(),
  primary key (district_id, id),
  foreign key (district_id, evaluation_id) references app.evaluations (district_id, id) on delete restrict
);
create index evaluation_results_evaluation on app.evaluation_results (district_id, evaluation_id, id desc);
create index evaluation_results_school on app.evaluation_results (district_id, school_id);
comment on table app.evaluation_results is '裁定的结果；只增不改，以最后一次为准';
comment on column app.evaluation_results.district_id is '区县编号';
comment on column app.evaluation_results.id is '结果编号';
comment on column app.evaluation_results.evaluation_id is '评估编号';
comment on column app.evaluation_results.school_id is '学校单元编号';
comment on column app.evaluation_results.scorecard is '评价结果单';
comment on column app.evaluation_results.share is '得分占满分的比例；空表示未定';
comment on column app.evaluation_results.band is '等级；空表示未定';
comment on column app.evaluation_results.hash is '方案、佐证和评定规范文本的 SHA-256';
comment on column app.evaluation_results.decided_at is '裁定时间';

create table app.evaluation_issues (
  district_id   integer not null,
  id            bigint generated always as identity,
  evaluation_id bigint not null,
  school_id     bigint not null,
  place         text check (length(place) between 1 and 60),
  title         text not null check (length(title) between 1 and 200),
  words         text not null check (length(words) <= 4000),
  state         text not null default 'recorded' check (state in ('recorded', 'rectifying', 'rectified', 'closed', 'withdrawn')),
  owner         text not null check (length(owner) <= 100),
  due_on        date,
  revision      integer not null default 1,
  assignment_id bigint,
  recorded_by   bigint,
  recorded_name text,
  recorded_at   timestamptz not null default now(),
  primary key (district_id, id),
  foreign key (district_id, evaluation_id) references app.evaluations (district_id, id) on delete restrict
);
create index evaluation_issues_evaluation on app.evaluation_issues (district_id, evaluation_id);
create index evaluation_issues_due on app.evaluation_issues (district_id, due_on) where state in ('rectifying', 'rectified');
comment on table app.evaluation_issues is '问题台账';
comment on column app.evaluation_issues.district_id is '区县编号';
comment on column app.evaluation_issues.id is '问题编号';
comment on column app.evaluation_issues.evaluation_id is '评估编号';
comment on column app.evaluation_issues.school_id is '学校单元编号';
comment on column app.evaluation_issues.place is '评价单元；空表示不针对某一单元';
comment on column app.evaluation_issues.title is '问题';
comment on column app.evaluation_issues.words is '情况说明';
comment on column app.evaluation_issues.state is '状态：已登记、整改中、待复核、已销号、已撤回';
comment on column app.evaluation_issues.owner is '责任人';
comment on column app.evaluation_issues.due_on is '整改期限（含）';
comment on column app.evaluation_issues.revision is '修订号';
comment on column app.evaluation_issues.assignment_id is '登记的督学的分工编号；督学不记姓名';
comment on column app.evaluation_issues.recorded_by is '登记人账号编号（区教委）';
comment on column app.evaluation_issues.recorded_name is '登记人姓名（区教委）';
comment on column app.evaluation_issues.recorded_at is '登记时间';

create table app.issue_steps (
  district_id   integer not null,
  id            bigint generated always as identity,
  issue_id      bigint not null,
  to_state      text,
  side          text not null check (side in ('school', 'commission', 'inspector')),
  words         text not null check (length(words) <= 4000),
  assignment_id bigint,
  by_account    bigint,
  by_name       text,
  stepped_at    timestamptz not null default now(),
  primary key (district_id, id),
  foreign key (district_id, issue_id) references app.evaluation_issues (district_id, id) on delete restrict
);
create index issue_steps_issue on app.issue_steps (district_id, issue_id, id);
comment on table app.issue_steps is '问题的办理经过；只增不改';
comment on column app.issue_steps.district_id is '区县编号';
comment on column app.issue_steps.id is '经过编号';
comment on column app.issue_steps.issue_id is '问题编号';
comment on column app.issue_steps.to_state is '变更后状态；空表示只补充材料';
comment on column app.issue_steps.side is '办理方：学校、区教委、督学';
comment on column app.issue_steps.words is '说明';
comment on column app.issue_steps.assignment_id is '督学的分工编号';
comment on column app.issue_steps.by_account is '办理人账号编号；督学不记于此';
comment on column app.issue_steps.by_name is '办理人姓名；督学不记于此';
comment on column app.issue_steps.stepped_at is '办理时间';

create table app.issue_files (
  district_id integer not null,
  id          bigint generated always as identity,
  issue_id    bigint not null,
  step_id     bigint not null,
  file_name   text not null check (length(file_name) between 1 and 300),
  media_type  text not null check (length(media_type) between 1 and 200),
  byte_count  integer not null,
  sha256      bytea not null check (length(sha256) = 32),
  content     bytea not null,
  primary key (district_id, id),
  foreign key (district_id, issue_id) references app.evaluation_issues (district_id, id) on delete restrict,
  foreign key (district_id, step_id) references app.issue_steps (district_id, id) on delete restrict
);
create index issue_files_issue on app.issue_files (district_id, issue_id);
alter table app.issue_files alter column content set storage external;
comment on table app.issue_files is '整改佐证文件';
comment on column app.issue_files.district_id is '区县编号';
comment on column app.issue_files.id is '文件编号';
comment on column app.issue_files.issue_id is '问题编号';
comment on column app.issue_files.step_id is '经过编号';
comment on column app.issue_files.file_name is '文件名';
comment on column app.issue_files.media_type is '文件类型';
comment on column app.issue_files.byte_count is '文件大小（字节）';
comment on column app.issue_files.sha256 is '文件的 SHA-256';
comment on column app.issue_files.content is '文件内容';

-- Who the actor is to an evaluation -----------------------------------------------------------------------------------
-- Each is asked once per statement. They run as the owner, so that a policy does not ask the policies of other tables.

create function app.own_assignments() returns bigint[] language sql stable security definer set search_path = ''
  as $$ select coalesce(array_agg(a.id), '{}') from app.evaluation_assignments a
    where a.district_id = app.district_id() and a.account_id = app.account_id() $$;

-- Evaluations of which the actor may see a material, by state and side.
create function app.seen_evaluations(p_material text) returns bigint[]
language plpgsql stable security definer set search_path = '' as $$
declare
  v_district integer := app.district_id();
  v_school integer := app.evaluation_stage(app.visible_from(p_material, 'school'));
  v_commission integer := app.evaluation_stage(app.visible_from(p_material, 'commission'));
  v_inspector integer := app.evaluation_stage(app.visible_from(p_material, 'inspector'));
  v_reader integer := app.evaluation_stage(app.visible_from(p_material, 'reader'));
  v_seen bigint[] := '{}';
begin
  if app.may('evaluation.manage') then
    return array(select e.id from app.evaluations e
      where e.district_id = v_district and app.evaluation_stage(e.state) >= v_commission);
  end if;
  if app.fill_units() <> '{}' then
    v_seen := array(select e.id from app.evaluations e
      where e.district_id = v_district and e.school_id = any (app.fill_units()) and app.evaluation_stage(e.state) >= v_school);
  end if;
  if app.may('evaluation.review') then
    v_seen := v_seen || array(select e.id from app.evaluation_assignments a
      join app.evaluations e on e.district_id = v_district and e.id = a.evaluation_id
      where a.district_id = v_district and a.account_id = app.account_id() and a.withdrawn_at is null
        and app.evaluation_stage(e.state) >= v_inspector);
  end if;
  if app.may('assessment.read') then
    v_seen := v_seen || array(select e.id from app.evaluations e
      where e.district_id = v_district and app.evaluation_stage(e.state) >= v_reader);
  elsif app.read_units() <> '{}' then
    v_seen := v_seen || array(select e.id from app.evaluations e
      where e.district_id = v_district and e.school_id = any (app.read_units()) and app.evaluation_stage(e.state) >= v_reader);
  end if;
  return v_seen;
end $$;

-- Evaluations in which the actor may write now: "self" the school's own, "review" one's ratings, "moderate" what the
-- commission settles and records, "feedback" its words, "decide" the result of a decision.
create function app.open_evaluations(p_what text) returns bigint[]
language plpgsql stable security definer set search_path = '' as $$
declare
  v_district integer := app.district_id();
begin
  return case p_what
    when 'self' then array(select e.id from app.evaluations e
      where e.district_id = v_district and e.school_id = any (app.fill_units()) and e.state = 'selfEvaluation')
    when 'review' then array(select e.id from app.evaluation_assignments a
      join app.evaluations e on e.district_id = v_district and e.id = a.evaluation_id
      where a.district_id = v_district and a.account_id = app.account_id() and a.withdrawn_at is null
        and e.state in ('submitted', 'reviewed', 'onSite'))
    when 'moderate' then array(select e.id from app.evaluations e
      where e.district_id = v_district and app.may('evaluation.manage') and app.evaluation_stage(e.state) between 3 and 6)
    when 'feedback' then array(select e.id from app.evaluations e
      where e.district_id = v_district and app.may('evaluation.manage') and app.evaluation_stage(e.state) between 3 and 7)
    when 'decide' then array(select e.id from app.evaluations e
      where e.district_id = v_district and e.state = 'decided'
        and (app.may('evaluation.manage') or e.school_id = any (app.fill_units())))
    else '{}' end;
end $$;

-- How far the schools of a round are with their self-evaluations: numbers only, also while the words are still hidden.
create function app.self_progress(p_round bigint)
returns table (evaluation_id bigint, judged bigint, evidenced bigint)
language sql stable security definer set search_path = '' as $$
  select e.id,
    (select count(*) from app.self_entries s where s.district_id = e.district_id and s.evaluation_id = e.id and s.judgement is not null),
    (select count(distinct (v.place, v.item)) from app.evaluation_evidence v
      where v.district_id = e.district_id and v.evaluation_id = e.id and v.item is not null)
  from app.evaluations e
  where e.district_id = app.district_id() and e.round_id = p_round
    and (app.may('evaluation.manage') or app.may('evaluation.review') or e.school_id = any (app.fill_units()))
$$;

-- Who may review; the commission only.
create function app.reviewers() returns table (account_id bigint, name text)
language sql stable security definer set search_path = '' as $$
  select a.id, a.display_name from app.accounts a
  where a.district_id = app.district_id() and app.may('evaluation.manage') and a.is_active
    and exists (select from app.grants g where g.district_id = a.district_id and g.account_id = a.id
      and 'evaluation.review' = any (app.actions_of(g.role)))
$$;

-- Moves evaluations that are still in the state they were seen in, for the side the actor has there; gives back which.
-- States are changed here and nowhere else.
create function app.move_evaluations(p_ids bigint[], p_from text[], p_to text, p_side text, p_reason text, p_appeal_until date)
returns bigint[] language plpgsql security definer set search_path = '' as $$
declare
  v_district integer := app.district_id();
  v_moved bigint[];
begin
  with asked as (
    select e.id, e.school_id, e.state as was from app.evaluations e
      join unnest(p_ids, p_from) x(id, state) on x.id = e.id and x.state = e.state
    where e.district_id = v_district and p_side = any (app.evaluation_movers(e.state, p_to))
      and case p_side when 'commission' then app.may('evaluation.manage')
        when 'school' then e.school_id = any (app.fill_units())
        when 'inspector' then exists (select from app.evaluation_assignments a
          where a.district_id = v_district and a.evaluation_id = e.id and a.account_id = app.account_id() and a.withdrawn_at is null)
        else false end
    for update of e
  ), moved as (
    update app.evaluations e set state = p_to, state_since = now(), revision = e.revision + 1,
      appeal_until = case when p_to = 'feedback' then p_appeal_until else e.appeal_until end
    from asked a where e.district_id = v_district and e.id = a.id
    returning e.id, e.school_id, a.was
  ), told as (
    insert into app.evaluation_moves (district_id, evaluation_id, school_id, from_state, to_state, side, reason, by_account, by_name)
    select v_district, m.id, m.school_id, m.was, p_to, p_side, p_reason,
      case when p_side <> 'inspector' then app.account_id() end, case when p_side <> 'inspector' then app.account_name() end
    from moved m returning evaluation_id
  )
  select coalesce(array_agg(evaluation_id), '{}') into v_moved from told;
  return v_moved;
end $$;

-- Counts a change of what a result is made from.
create function app.touch_evaluations(p_ids bigint[]) returns void
language plpgsql security definer set search_path = '' as $$
begin
  update app.evaluations e set revision = e.revision + 1
  where e.district_id = app.district_id() and e.id = any (p_ids)
    and (app.may('evaluation.manage') or e.school_id = any (app.fill_units())
      or exists (select from app.evaluation_assignments a
        where a.district_id = e.district_id and a.evaluation_id = e.id and a.account_id = app.account_id()));
end $$;

-- The sample's evaluations with the states and days they are to have, in one step. Only in a district of sample data: a real
-- one has no way to write what did not happen. p_schools: code, state, since, appealUntil, moves, self, surveys, figures,
-- feedback, vetoes; p_entries: id, code, account, leaf, level, at.
create function app.load_sample_round(p_round bigint, p_schools json, p_entries json) returns void
language plpgsql security definer set search_path = pg_temp as $$
declare
  v_district integer := app.district_id();
begin
  if not app.may('evaluation.manage')
    or not exists (select from app.districts d where d.district_id = v_district and d.is_sample) then
    raise exception 'not a sample district' using errcode = '42501';
  end if;
  update app.evaluation_rounds r set is_sample = true where r.district_id = v_district and r.id = p_round;
  create temporary table sample_schools as
    select e.id as evaluation_id, e.school_id, x.* from json_to_recordset(p_schools) x(code text, state text, since timestamptz,
        "appealUntil" date, moves json, self json, surveys json, figures json, feedback json, vetoes json)
      join app.evaluations e on e.district_id = v_district and e.round_id = p_round and e.school_code = x.code;
  update app.evaluations e set state = s.state, state_since = s.since, appeal_until = s."appealUntil", revision = 1
    from sample_schools s where e.district_id = v_district and e.id = s.evaluation_id;
  insert into app.evaluation_moves (district_id, evaluation_id, school_id, from_state, to_state, side, reason, by_name, moved_at)
    select v_district, s.evaluation_id, s.school_id, m."from", m."to", m.side, m.reason, m.name, m.at
    from sample_schools s, json_to_recordset(s.moves) m("from" text, "to" text, side text, reason text, name text, at timestamptz);
  insert into app.self_entries (district_id, evaluation_id, place, school_id, judgement, words, revision, by_account, by_name, saved_at)
    select v_district, s.evaluation_id, w.place, s.school_id, w.judgement, w.words, 1, app.account_id(), w.name, w.at
    from sample_schools s, json_to_recordset(s.self) w(place text, judgement json, words text, name text, at timestamptz);
  insert into app.evaluation_surveys (district_id, evaluation_id, place, party, satisfied, answers, source)
    select v_district, s.evaluation_id, v.place, v.party, v.satisfied, v.answers, v.source
    from sample_schools s, json_to_recordset(s.surveys) v(place text, party text, satisfied integer, answers integer, source text);
  insert into app.evaluation_figures (district_id, evaluation_id, key, school_id, value, source, as_of, revision)
    select v_district, s.evaluation_id, f.key, s.school_id, f.value, f.source, f."asOf", 1
    from sample_schools s, json_to_recordset(s.figures) f(key text, value json, source text, "asOf" date);
  insert into app.evaluation_vetoes (district_id, evaluation_id, veto, has_occurred, words)
    select v_district, s.evaluation_id, v.veto, v.occurred, '' from sample_schools s, json_to_recordset(s.vetoes) v(veto text, occurred boolean);
  insert into app.evaluation_feedback (district_id, evaluation_id, strengths, concerns, next_steps, revision)
    select v_district, s.evaluation_id, f.strengths, f.concerns, f."nextSteps", 1
    from sample_schools s, json_to_record(s.feedback) f(strengths text, concerns text, "nextSteps" text) where s.feedback is not null;
  insert into app.review_entries (district_id, id, evaluation_id, school_id, assignment_id, place, party, method, judgement, words, revision,
      written_at, saved_at)
    select v_district, x.id, s.evaluation_id, s.school_id, a.id, x.leaf, a.party, 'onSiteCheck',
      json_build_object('kind', 'rubric', 'level', x.level), '', 1, x.at, x.at
    from json_to_recordset(p_entries) x(id uuid, code text, account bigint, leaf text, level text, at timestamptz)
      join sample_schools s on s.code = x.code
      join app.evaluation_assignments a on a.district_id = v_district and a.evaluation_id = s.evaluation_id and a.account_id = x.account;
  drop table sample_schools;
end $$;

-- Row-level security ------------------------------------------------------------------------------------------------

do $$
declare t text;
begin
  foreach t in array array['scheme_drafts', 'scheme_versions', 'evaluation_rounds', 'evaluations', 'evaluation_moves',
    'evaluation_assignments', 'inspector_conflicts', 'self_entries', 'self_entry_versions', 'evaluation_evidence',
    'evaluation_figures', 'review_entries', 'entry_photos', 'evaluation_surveys', 'evaluation_vetoes', 'evaluation_exemptions',
    'moderations', 'evaluation_feedback', 'evaluation_appeals', 'evaluation_results', 'evaluation_issues', 'issue_steps',
    'issue_files'] loop
    execute format('alter table app.%I enable row level security', t);
    execute format('alter table app.%I force row level security', t);
    execute format('create policy owner on app.%I to xingfu_owner using (true) with check (true)', t);
  end loop;
end $$;

create policy manage on app.scheme_drafts to xingfu_user
  using (district_id = (select app.district_id()) and (select app.may('evaluation.manage')))
  with check (district_id = (select app.district_id()) and (select app.may('evaluation.manage')));
create policy reach on app.scheme_versions for select to xingfu_user
  using (district_id = (select app.district_id()) and ((select app.may('school.read')) or (select app.read_units()) <> '{}'));
create policy manage_insert on app.scheme_versions for insert to xingfu_user
  with check (district_id = (select app.district_id()) and (select app.may('evaluation.manage')));

-- A school's people see the rounds their school is in.
create policy reach on app.evaluation_rounds for select to xingfu_user
  using (district_id = (select app.district_id()) and ((select app.may('school.read'))
    or id in (select e.round_id from app.evaluations e where e.district_id = (select app.district_id()))));
create policy manage_insert on app.evaluation_rounds for insert to xingfu_user
  with check (district_id = (select app.district_id()) and (select app.may('evaluation.manage')));
create policy manage_update on app.evaluation_rounds for update to xingfu_user
  using (district_id = (select app.district_id()) and (select app.may('evaluation.manage')))
  with check (district_id = (select app.district_id()) and (select app.may('evaluation.manage')));

create policy reach on app.evaluations for select to xingfu_user
  using (district_id = (select app.district_id())
    and ((select app.may('school.read')) or school_id = any ((select app.read_units())::bigint[])));
create policy manage_insert on app.evaluations for insert to xingfu_user
  with check (district_id = (select app.district_id()) and (select app.may('evaluation.manage')) and state = 'planned');
create policy manage_delete on app.evaluations for delete to xingfu_user
  using (district_id = (select app.district_id()) and (select app.may('evaluation.manage')) and state = 'planned');

-- A school does not see what happens between the commission and its inspectors.
create policy reach on app.evaluation_moves for select to xingfu_user
  using (district_id = (select app.district_id()) and ((select app.may('evaluation.manage'))
    or ((select app.may('evaluation.review')) and evaluation_id = any ((select app.seen_evaluations('selfRating'))::bigint[]))
    or (school_id = any ((select app.fill_units())::bigint[]) and side <> 'inspector'
      and (from_state = 'appeal' or to_state not in ('reviewed', 'onSite', 'moderated')))));

create policy own on app.evaluation_assignments for select to xingfu_user
  using (district_id = (select app.district_id())
    and ((select app.may('evaluation.manage')) or account_id = (select app.account_id())
      or ((select app.may('evaluation.review')) and evaluation_id = any ((select app.seen_evaluations('raterNames'))::bigint[]))));
create policy manage_insert on app.evaluation_assignments for insert to xingfu_user
  with check (district_id = (select app.district_id()) and (select app.may('evaluation.manage')));
create policy manage_update on app.evaluation_assignments for update to xingfu_user
  using (district_id = (select app.district_id()) and (select app.may('evaluation.manage')))
  with check (district_id = (select app.district_id()) and (select app.may('evaluation.manage')));
create policy manage on app.inspector_conflicts to xingfu_user
  using (district_id = (select app.district_id()) and (select app.may('evaluation.manage')))
  with check (district_id = (select app.district_id()) and (select app.may('evaluation.manage')));

create policy seen on app.self_entries for select to xingfu_user
  using (district_id = (select app.district_id()) and evaluation_id = any ((select app.seen_evaluations('selfRating'))::bigint[]));
create policy fill_insert on app.self_entries for insert to xingfu_user
  with check (district_id = (select app.district_id()) and school_id = any ((select app.fill_units())::bigint[])
    and evaluation_id = any ((select app.open_evaluations('self'))::bigint[]) and by_account = (select app.account_id()));
create policy fill_update on app.self_entries for update to xingfu_user
  using (district_id = (select app.district_id()) and evaluation_id = any ((select app.open_evaluations('self'))::bigint[]))
  with check (by_account = (select app.account_id()));
create policy seen on app.self_entry_versions for select to xingfu_user
  using (district_id = (select app.district_id()) and evaluation_id = any ((select app.seen_evaluations('selfRating'))::bigint[]));
create policy fill_insert on app.self_entry_versions for insert to xingfu_user
  with check (district_id = (select app.district_id()) and school_id = any ((select app.fill_units())::bigint[])
    and evaluation_id = any ((select app.open_evaluations('self'))::bigint[]));
create policy seen on app.evaluation_evidence for select to xingfu_user
  using (district_id = (select app.district_id()) and evaluation_id = any ((select app.seen_evaluations('selfRating'))::bigint[]));
create policy fill_insert on app.evaluation_evidence for insert to xingfu_user
  with check (district_id = (select app.district_id()) and school_id = any ((select app.fill_units())::bigint[])
    and evaluation_id = any ((select app.open_evaluations('self'))::bigint[]) and added_by = (select app.account_id()));
create policy fill_delete on app.evaluation_evidence for delete to xingfu_user
  using (district_id = (select app.district_id()) and evaluation_id = any ((select app.open_evaluations('self'))::bigint[]));
create policy seen on app.evaluation_figures for select to xingfu_user
  using (district_id = (select app.district_id()) and evaluation_id = any ((select app.seen_evaluations('selfRating'))::bigint[]));
create policy fill_insert on app.evaluation_figures for insert to xingfu_user
  with check (district_id = (select app.district_id()) and school_id = any ((select app.fill_units())::bigint[])
    and evaluation_id = any ((select app.open_evaluations('self'))::bigint[]) and by_account = (select app.account_id()));
create policy fill_update on app.evaluation_figures for update to xingfu_user
  using (district_id = (select app.district_id()) and evaluation_id = any ((select app.open_evaluations('self'))::bigint[]))
  with check (by_account = (select app.account_id()));
-- the commission hands in for a school that does not; the platform's figures are then taken down for it
create policy manage_insert on app.evaluation_figures for insert to xingfu_user
  with check (district_id = (select app.district_id()) and (select app.may('evaluation.manage')));
create policy manage_update on app.evaluation_figures for update to xingfu_user
  using (district_id = (select app.district_id()) and (select app.may('evaluation.manage')))
  with check (by_account = (select app.account_id()));

-- One's own ratings always; those of others by state; schools and readers never an interview nor what was set apart.
create policy seen on app.review_entries for select to xingfu_user
  using (district_id = (select app.district_id())
    and (assignment_id = any ((select app.own_assignments())::bigint[])
      or (evaluation_id = any ((select app.seen_evaluations('externalRatings'))::bigint[])
        and ((select app.may('evaluation.manage'))
          or (set_apart is null and (method <> 'interview' or (select app.may('evaluation.review'))))))));
create policy own_insert on app.review_entries for insert to xingfu_user
  with check (district_id = (select app.district_id()) and (select app.may('evaluation.review'))
    and assignment_id = any ((select app.own_assignments())::bigint[])
    and (set_apart is not null or evaluation_id = any ((select app.open_evaluations('review'))::bigint[])));
create policy own_update on app.review_entries for update to xingfu_user
  using (district_id = (select app.district_id()) and assignment_id = any ((select app.own_assignments())::bigint[])
    and (set_apart is not null or evaluation_id = any ((select app.open_evaluations('review'))::bigint[])))
  with check (set_apart is not null or evaluation_id = any ((select app.open_evaluations('review'))::bigint[]));
create policy manage_update on app.review_entries for update to xingfu_user
  using (district_id = (select app.district_id()) and (select app.may('evaluation.manage')))
  with check (set_apart is not null);
create policy seen on app.entry_photos for select to xingfu_user
  using (district_id = (select app.district_id()) and (select app.may('evaluation.review'))
    and (assignment_id = any ((select app.own_assignments())::bigint[])
      or evaluation_id = any ((select app.seen_evaluations('externalRatings'))::bigint[])));
create policy own_insert on app.entry_photos for insert to xingfu_user
  with check (district_id = (select app.district_id()) and (select app.may('evaluation.review'))
    and assignment_id = any ((select app.own_assignments())::bigint[]));
create policy own_delete on app.entry_photos for delete to xingfu_user
  using (district_id = (select app.district_id()) and assignment_id = any ((select app.own_assignments())::bigint[])
    and evaluation_id = any ((select app.open_evaluations('review'))::bigint[]));

create policy seen on app.evaluation_surveys for select to xingfu_user
  using (district_id = (select app.district_id())
    and ((select app.may('evaluation.manage')) or evaluation_id = any ((select app.seen_evaluations('surveyResults'))::bigint[])));
create policy manage_insert on app.evaluation_surveys for insert to xingfu_user
  with check (district_id = (select app.district_id()) and (select app.may('evaluation.manage')));
create policy manage_update on app.evaluation_surveys for update to xingfu_user
  using (district_id = (select app.district_id()) and (select app.may('evaluation.manage')))
  with check (district_id = (select app.district_id()) and (select app.may('evaluation.manage')));
create policy seen on app.evaluation_vetoes for select to xingfu_user
  using (district_id = (select app.district_id())
    and ((select app.may('evaluation.manage')) or evaluation_id = any ((select app.seen_evaluations('scorecard'))::bigint[])));
create policy manage_insert on app.evaluation_vetoes for insert to xingfu_user
  with check (district_id = (select app.district_id()) and (select app.may('evaluation.manage')));
create policy manage_update on app.evaluation_vetoes for update to xingfu_user
  using (district_id = (select app.district_id()) and (select app.may('evaluation.manage')))
  with check (district_id = (select app.district_id()) and (select app.may('evaluation.manage')));
create policy seen on app.evaluation_exemptions for select to xingfu_user
  using (district_id = (select app.district_id())
    and ((select app.may('evaluation.manage')) or evaluation_id = any ((select app.seen_evaluations('selfRating'))::bigint[])));
create policy manage_insert on app.evaluation_exemptions for insert to xingfu_user
  with check (district_id = (select app.district_id()) and (select app.may('evaluation.manage')));
create policy manage_update on app.evaluation_exemptions for update to xingfu_user
  using (district_id = (select app.district_id()) and (select app.may('evaluation.manage')))
  with check (district_id = (select app.district_id()) and (select app.may('evaluation.manage')));
create policy manage_delete on app.evaluation_exemptions for delete to xingfu_user
  using (district_id = (select app.district_id()) and (select app.may('evaluation.manage')));
create policy seen on app.moderations for select to xingfu_user
  using (district_id = (select app.district_id())
    and ((select app.may('evaluation.manage')) or evaluation_id = any ((select app.seen_evaluations('scorecard'))::bigint[])));
create policy manage_insert on app.moderations for insert to xingfu_user
  with check (district_id = (select app.district_id()) and evaluation_id = any ((select app.open_evaluations('moderate'))::bigint[]));
create policy manage_update on app.moderations for update to xingfu_user
  using (district_id = (select app.district_id()) and evaluation_id = any ((select app.open_evaluations('moderate'))::bigint[]))
  with check (by_account = (select app.account_id()));
create policy seen on app.evaluation_feedback for select to xingfu_user
  using (district_id = (select app.district_id())
    and ((select app.may('evaluation.manage')) or evaluation_id = any ((select app.seen_evaluations('band'))::bigint[])));
create policy manage_insert on app.evaluation_feedback for insert to xingfu_user
  with check (district_id = (select app.district_id()) and evaluation_id = any ((select app.open_evaluations('feedback'))::bigint[]));
create policy manage_update on app.evaluation_feedback for update to xingfu_user
  using (district_id = (select app.district_id()) and evaluation_id = any ((select app.open_evaluations('feedback'))::bigint[]))
  with check (by_account = (select app.account_id()));

create policy seen on app.evaluation_appeals for select to xingfu_user
  using (district_id = (select app.district_id())
    and ((select app.may('evaluation.manage')) or school_id = any ((select app.fill_units())::bigint[])
      or evaluation_id = any ((select app.seen_evaluations('appeal'))::bigint[])));
create policy fill_insert on app.evaluation_appeals for insert to xingfu_user
  with check (district_id = (select app.district_id()) and school_id = any ((select app.fill_units())::bigint[])
    and by_account = (select app.account_id()));
create policy manage_update on app.evaluation_appeals for update to xingfu_user
  using (district_id = (select app.district_id()) and (select app.may('evaluation.manage')) and answered_at is null)
  with check (answered_by = (select app.account_id()));
create policy seen on app.evaluation_results for select to xingfu_user
  using (district_id = (select app.district_id()) and evaluation_id = any ((select app.seen_evaluations('decision'))::bigint[]));
create policy decide_insert on app.evaluation_results for insert to xingfu_user
  with check (district_id = (select app.district_id()) and evaluation_id = any ((select app.open_evaluations('decide'))::bigint[]));

-- Issues: the commission all, inspectors those of their schools, schools what was handed over, readers likewise.
create policy seen on app.evaluation_issues for select to xingfu_user
  using (district_id = (select app.district_id()) and ((select app.may('evaluation.manage'))
    or assignment_id = any ((select app.own_assignments())::bigint[])
    or ((select app.may('evaluation.review')) and evaluation_id = any ((select app.seen_evaluations('selfRating'))::bigint[]))
    or (state in ('rectifying', 'rectified', 'closed')
      and ((select app.may('school.read')) or school_id = any ((select app.read_units())::bigint[])))));
create policy review_insert on app.evaluation_issues for insert to xingfu_user
  with check (district_id = (select app.district_id()) and state = 'recorded'
    and (((select app.may('evaluation.manage')) and recorded_by = (select app.account_id()))
      or (recorded_by is null and assignment_id = any ((select app.own_assignments())::bigint[])
        and evaluation_id = any ((select app.open_evaluations('review'))::bigint[]))));
-- which move is whose is for the server; a school can touch only what was handed over to it
create policy move_update on app.evaluation_issues for update to xingfu_user
  using (district_id = (select app.district_id()) and ((select app.may('evaluation.manage'))
    or (state = 'rectifying' and school_id = any ((select app.fill_units())::bigint[]))
    or (state = 'rectified' and (select app.may('evaluation.review'))
      and evaluation_id = any ((select app.seen_evaluations('selfRating'))::bigint[]))))
  with check ((select app.may('evaluation.manage'))
    or (state = 'rectified' and school_id = any ((select app.fill_units())::bigint[]))
    or (state = 'rectifying' and (select app.may('evaluation.review'))));
create policy seen on app.issue_steps for select to xingfu_user
  using (district_id = (select app.district_id())
    and exists (select from app.evaluation_issues i where i.district_id = issue_steps.district_id and i.id = issue_steps.issue_id));
create policy step_insert on app.issue_steps for insert to xingfu_user
  with check (district_id = (select app.district_id())
    and exists (select from app.evaluation_issues i where i.district_id = issue_steps.district_id and i.id = issue_steps.issue_id
      and case issue_steps.side when 'commission' then (select app.may('evaluation.manage'))
        when 'school' then i.school_id = any ((select app.fill_units())::bigint[])
        else (select app.may('evaluation.review')) end));
create policy seen on app.issue_files for select to xingfu_user
  using (district_id = (select app.district_id())
    and exists (select from app.evaluation_issues i where i.district_id = issue_files.district_id and i.id = issue_files.issue_id));
create policy step_insert on app.issue_files for insert to xingfu_user
  with check (district_id = (select app.district_id())
    and exists (select from app.issue_steps s where s.district_id = issue_files.district_id and s.id = issue_files.step_id
      and s.issue_id = issue_files.issue_id));

-- Grants ----------------------------------------------------------------------------------------------------------------

grant select (district_id, id, source, copied_from, title, scheme_code, version, problem_count, revision, created_by, created_name, created_at,
    updated_by, updated_name, updated_at),
  insert (district_id, source, copied_from, title, scheme_code, version, problem_count),
  update (source, title, scheme_code, version, problem_count, revision, updated_by, updated_name, updated_at)
  on app.scheme_drafts to xingfu_user;
grant delete on app.scheme_drafts to xingfu_user;
grant select (district_id, id, scheme_code, version, copied_from, title, source, compiled, hash, published_by, published_name, published_at),
  insert (district_id, scheme_code, version, copied_from, title, source, compiled, hash) on app.scheme_versions to xingfu_user;
grant select (district_id, id, name, school_year, scheme_code, scheme_version, scheme_title, scheme_hash, scheme, self_until,
    review_until, on_site_until, appeal_days, raters_per_school, note, is_sample, revision, created_by, created_name, created_at),
  insert (district_id, name, school_year, scheme_code, scheme_version, scheme_title, scheme_hash, scheme, self_until, review_until,
    on_site_until, appeal_days, raters_per_school, note),
  update (name, self_until, review_until, on_site_until, appeal_days, raters_per_school, note, revision)
  on app.evaluation_rounds to xingfu_user;
grant select (district_id, id, round_id, school_id, school_year, school_code, school_name, school_type, group_name, state,
    state_since, appeal_until, revision),
  insert (district_id, round_id, school_id, school_year, school_code, school_name, school_type, group_name)
  on app.evaluations to xingfu_user;
grant delete on app.evaluations to xingfu_user;
grant select (district_id, id, evaluation_id, school_id, from_state, to_state, side, reason, by_account, by_name, moved_at)
  on app.evaluation_moves to xingfu_user;
grant select (district_id, id, round_id, evaluation_id, account_id, account_name, party, assigned_by, assigned_name, assigned_at,
    withdrawn_by, withdrawn_name, withdrawn_at, withdrawn_reason, keeps_entries),
  insert (district_id, round_id, evaluation_id, account_id, account_name, party),
  update (withdrawn_by, withdrawn_name, withdrawn_at, withdrawn_reason, keeps_entries)
  on app.evaluation_assignments to xingfu_user;
grant select (district_id, id, account_id, account_name, school_id, kind, note, until_on, recorded_by, recorded_name, recorded_at),
  insert (district_id, account_id, account_name, school_id, kind, note, until_on) on app.inspector_conflicts to xingfu_user;
grant delete on app.inspector_conflicts to xingfu_user;
grant select (district_id, evaluation_id, place, school_id, judgement, words, revision, by_account, by_name, saved_at),
  insert (district_id, evaluation_id, place, school_id, judgement, words, revision),
  update (judgement, words, revision, by_account, by_name, saved_at) on app.self_entries to xingfu_user;
grant select (district_id, evaluation_id, place, revision, school_id, judgement, words, by_account, by_name, saved_at),
  insert (district_id, evaluation_id, place, revision, school_id, judgement, words, by_account, by_name, saved_at)
  on app.self_entry_versions to xingfu_user;
grant select (district_id, id, evaluation_id, school_id, place, item, kind, title, url, figure, media_type, byte_count, sha256,
    content, added_by, added_name, added_at),
  insert (district_id, evaluation_id, school_id, place, item, kind, title, url, figure, media_type, byte_count, sha256, content)
  on app.evaluation_evidence to xingfu_user;
grant delete on app.evaluation_evidence to xingfu_user;
grant select (district_id, evaluation_id, key, school_id, value, source, as_of, revision, by_account, by_name, saved_at),
  insert (district_id, evaluation_id, key, school_id, value, source, as_of, revision),
  update (value, source, as_of, revision, by_account, by_name, saved_at) on app.evaluation_figures to xingfu_user;
grant select (district_id, id, evaluation_id, school_id, assignment_id, place, party, method, judgement, words, revision,
    written_at, clock_off_seconds, saved_at, set_apart),
  insert (district_id, id, evaluation_id, school_id, assignment_id, place, party, method, judgement, words, revision,
    written_at, clock_off_seconds, set_apart),
  update (judgement, words, revision, written_at, clock_off_seconds, saved_at, set_apart) on app.review_entries to xingfu_user;
grant select (district_id, id, entry_id, evaluation_id, assignment_id, caption, media_type, byte_count, sha256, content, taken_at,
    added_at),
  insert (district_id, id, entry_id, evaluation_id, assignment_id, caption, media_type, byte_count, sha256, content, taken_at)
  on app.entry_photos to xingfu_user;
grant delete on app.entry_photos to xingfu_user;
grant select (district_id, evaluation_id, place, party, satisfied, answers, source, recorded_by, recorded_name, recorded_at),
  insert (district_id, evaluation_id, place, party, satisfied, answers, source),
  update (satisfied, answers, source, recorded_by, recorded_name, recorded_at) on app.evaluation_surveys to xingfu_user;
grant select (district_id, evaluation_id, veto, has_occurred, words, recorded_by, recorded_name, recorded_at),
  insert (district_id, evaluation_id, veto, has_occurred, words),
  update (has_occurred, words, recorded_by, recorded_name, recorded_at) on app.evaluation_vetoes to xingfu_user;
grant select (district_id, evaluation_id, place, reason, recorded_by, recorded_name, recorded_at),
  insert (district_id, evaluation_id, place, reason),
  update (reason, recorded_by, recorded_name, recorded_at) on app.evaluation_exemptions to xingfu_user;
grant delete on app.evaluation_exemptions to xingfu_user;
grant select (district_id, evaluation_id, place, party, judgement, reason, revision, by_account, by_name, saved_at),
  insert (district_id, evaluation_id, place, party, judgement, reason, revision),
  update (judgement, reason, revision, by_account, by_name, saved_at) on app.moderations to xingfu_user;
grant select (district_id, evaluation_id, strengths, concerns, next_steps, revision, by_account, by_name, saved_at),
  insert (district_id, evaluation_id, strengths, concerns, next_steps, revision),
  update (strengths, concerns, next_steps, revision, by_account, by_name, saved_at) on app.evaluation_feedback to xingfu_user;
grant select (district_id, id, evaluation_id, school_id, places, words, by_account, by_name, appealed_at, is_upheld, answer,
    answered_by, answered_name, answered_at),
  insert (district_id, evaluation_id, school_id, places, words),
  update (is_upheld, answer, answered_by, answered_name, answered_at) on app.evaluation_appeals to xingfu_user;
grant select (district_id, id, evaluation_id, school_id, scorecard, share, band, hash, decided_at),
  insert (district_id, evaluation_id, school_id, scorecard, share, band, hash) on app.evaluation_results to xingfu_user;
grant select (district_id, id, evaluation_id, school_id, place, title, words, state, owner, due_on, revision, assignment_id,
    recorded_by, recorded_name, recorded_at),
  insert (district_id, evaluation_id, school_id, place, title, words, owner, due_on, assignment_id, recorded_by, recorded_name),
  update (place, title, words, state, owner, due_on, revision) on app.evaluation_issues to xingfu_user;
grant select (district_id, id, issue_id, to_state, side, words, assignment_id, by_account, by_name, stepped_at),
  insert (district_id, issue_id, to_state, side, words, assignment_id, by_account, by_name) on app.issue_steps to xingfu_user;
grant select (district_id, id, issue_id, step_id, file_name, media_type, byte_count, sha256, content),
  insert (district_id, issue_id, step_id, file_name, media_type, byte_count, sha256, content) on app.issue_files to xingfu_user;

revoke execute on function app.own_assignments(), app.seen_evaluations(text), app.open_evaluations(text), app.self_progress(bigint),
  app.reviewers(), app.move_evaluations(bigint[], text[], text, text, text, date), app.touch_evaluations(bigint[]), app.load_sample_round(bigint, json, json) from public;
grant execute on function app.own_assignments(), app.seen_evaluations(text), app.open_evaluations(text), app.self_progress(bigint),
  app.reviewers(), app.move_evaluations(bigint[], text[], text, text, text, date), app.touch_evaluations(bigint[]), app.load_sample_round(bigint, json, json) to xingfu_user;
