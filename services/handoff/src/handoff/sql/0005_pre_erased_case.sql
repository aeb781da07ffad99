-- Cases whose person was erased. Table of the subscription `erasure`.
create table erased_case (
  case_id uuid primary key);
