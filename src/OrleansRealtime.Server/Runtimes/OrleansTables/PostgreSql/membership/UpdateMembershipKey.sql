-- Who comes second waits for the first one's lock on the version, and then finds another version.
WITH changed AS
(
    UPDATE OrleansMembershipVersionTable
    SET Timestamp = now(), Version = Version + 1
    WHERE DeploymentId = @DeploymentId AND Version = @Version AND EXISTS
    (
        SELECT 1 FROM OrleansMembershipTable
        WHERE DeploymentId = @DeploymentId AND Address = @Address AND Port = @Port AND Generation = @Generation
    )
    RETURNING DeploymentId
),
updated AS
(
    UPDATE OrleansMembershipTable AS member
    SET Status = @Status, SuspectTimes = @SuspectTimes, IAmAliveTime = @IAmAliveTime
    FROM changed
    WHERE member.DeploymentId = changed.DeploymentId
        AND Address = @Address AND Port = @Port AND Generation = @Generation
    RETURNING 1
)
SELECT count(*)::integer FROM updated;
