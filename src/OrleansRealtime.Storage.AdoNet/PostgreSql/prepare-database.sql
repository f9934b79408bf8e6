-- Nothing: the database is made by its operator.
SELECT 1;
