SELECT CASE WHEN to_regclass('OrleansQuery') IS NULL THEN 0 ELSE 1 END;
