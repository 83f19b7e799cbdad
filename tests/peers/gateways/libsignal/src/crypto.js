exports.deriveSecrets=exports.decrypt=exports.encrypt=exports.calculateMAC=()=>{throw new Error("stub")};
