-- A cluster without such a member answers one row, with nothing but its version.
SELECT
    cluster.DeploymentId, cluster.Version,
    Address, Port, Generation, SiloName, HostName, Status, ProxyPort, SuspectTimes, StartTime, IAmAliveTime
FROM OrleansMembershipVersionTable AS cluster
LEFT JOIN OrleansMembershipTable AS member ON member.DeploymentId = cluster.DeploymentId
WHERE cluster.DeploymentId = @DeploymentId;
