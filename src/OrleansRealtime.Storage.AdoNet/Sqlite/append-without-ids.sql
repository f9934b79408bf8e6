-- Nothing: here message ids are stored by a statement of their own, which is left out where there are none.
SELECT 1;
