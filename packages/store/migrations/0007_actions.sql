-- What the roles may do in value-added evaluation, school evaluation and surveys.

create or replace function app.actions_of(role text) returns text[] language sql immutable parallel safe
  as $$ select case role
    when 'administrator' then array['accounts.manage', 'organisation.manage', 'audit.read']
    when 'officer' then array['assessment.read', 'school.read', 'return.fill', 'return.submit', 'return.verify',
      'finding.record', 'scenario.use', 'report.export', 'audit.read', 'organisation.manage', 'growth.run',
      'evaluation.manage', 'evaluation.review', 'survey.manage']
    when 'inspector' then array['assessment.read', 'school.read', 'finding.record', 'scenario.use', 'report.export',
      'evaluation.review']
    when 'viewer' then array['assessment.read', 'school.read', 'scenario.use', 'report.export']
    when 'groupHead' then array['school.read', 'report.export']
    when 'principal' then array['school.read', 'return.fill', 'return.submit', 'report.export', 'pupils.read',
      'evaluation.fill']
    when 'clerk' then array['school.read', 'return.fill', 'return.submit', 'evaluation.fill']
    else array[]::text[] end $$;
