SELECT QueryKey FROM OrleansQuery;
