-- Limits on the number of rows that hold when requests add some at the same moment.

-- An organization has at most 200 pictures. Counts after the lock, so that it sees the pictures that were
-- committed while the write waited, which its snapshot does not have.
create function refuse_picture_above_limit() returns trigger language plpgsql as $$
begin
  perform from organization_sequence q where q.organization_id = new.organization_id for no key update;
  if (select count(*) from picture p where p.organization_id = new.organization_id) > 200 then
    raise check_violation using constraint = 'picture_limit',
      message = 'the organization has 200 pictures';
  end if;
  return null;
end $$;
create trigger picture_is_within_limit after insert on picture
  for each row execute function refuse_picture_above_limit();

-- A user reports at most 50 notifications within a day, of all kinds. Locks the sequence number of the
-- personal organization, which the statement of a report increments anyway.
create function refuse_report_above_limit() returns trigger language plpgsql as $$
begin
  perform from organization_sequence q
    where q.organization_id = (select o.id from organization o where o.personal_user_id = new.user_id)
    for no key update;
  if (select count(*) from notification n
      where n.user_id = new.user_id and n.type in ('frame_failed', 'api_unavailable')
        and n.created_at > new.created_at - interval '1 day') > 50 then
    raise check_violation using constraint = 'notification_report_limit',
      message = 'the user reported 50 notifications within a day';
  end if;
  return null;
end $$;
create trigger notification_report_is_within_limit after insert on notification for each row
  when (new.type in ('frame_failed', 'api_unavailable')) execute function refuse_report_above_limit();
