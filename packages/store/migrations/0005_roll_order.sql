-- A school's roll in the order it is read page by page, so that a page costs as much as it shows.

create index enrolments_in_class_order
  on app.enrolments (district_id, school_id, school_year, stage, grade, class_name, pupil_code);
comment on index app.enrolments_in_class_order is '按学段、年级、班级逐页查看学生名册';
